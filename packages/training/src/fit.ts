import type { Model } from '@pcam/models';
import { type Batch, disposeBatch, type Loader } from '@pcam/pcam-data';
import { createCheckpoints } from './checkpoints.js';
import { clipScale } from './clip.js';
import { type FitConfig, resolveFitConfig } from './config.js';
import { firstNonFinite, TrainingDivergedError } from './diagnosis.js';
import { emaDecay, emaUpdate } from './ema.js';
import { computeGradients, type LossTerm } from './gradients.js';
import { classWeights } from './loss.js';
import { createOptimizer } from './optimizers/create.js';
import { type EpochRecord, memoryLog, type RecordLog, type StepRecord } from './records.js';
import { type ValidationReport, validationReport } from './report.js';
import { scheduleFactor } from './schedule.js';
import { type Best, stepSeed, type TrainingTensors } from './state.js';
import { type CheckpointStore, CURVES, memoryStore, VALIDATION, writeJson } from './store.js';
import { isBetter, validate } from './validation.js';
import { assignWeights, disposeAll, snapshot, trainable, withWeights } from './weights.js';
import { yieldToEvents } from './yield.js';

export interface FitOptions extends FitConfig {
  readonly model: Model;
  readonly data: Loader;
  /** Unshuffled and without augmentation. Without it, there is no best checkpoint. */
  readonly valid?: Loader;
  /** Where checkpoints go; memory by default. */
  readonly store?: CheckpointStore;
  /** Where records go; memory by default. */
  readonly log?: RecordLog;
  /** Go on from the store's last checkpoint, if it holds one; off by default. */
  readonly resume?: boolean;
  /** Besides the end of each epoch, which always has one. */
  readonly checkpointEvery?: { readonly steps?: number; readonly seconds?: number };
  /** Once aborted, the step under way is finished, the last checkpoint saved, and `fit` returns. */
  readonly signal?: AbortSignal;
  /** Added to the cross-entropy, each one already weighted. */
  readonly lossTerms?: readonly LossTerm[];
  readonly onStep?: (record: StepRecord) => void | Promise<void>;
  readonly onEpoch?: (record: EpochRecord) => void | Promise<void>;
  /** Hears how many patches of the validation split are done, at each pass over it. */
  readonly onValidation?: (done: number, total: number) => void;
}

export interface FitResult {
  readonly stopped: 'finished' | 'patience' | 'aborted';
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs done. */
  readonly epochs: number;
  readonly best: Best | null;
  readonly history: readonly EpochRecord[];
  /** Of the best weights, unless aborted or without a validation split. */
  readonly validation?: ValidationReport;
}

/**
 * Trains `model`. Afterwards it holds its best weights (the last ones, averaged where
 * `emaDecay` is set, without a validation split; those of the last step after an abort).
 *
 * The same model, data, configuration and engine give the same weights, bit by bit, whether
 * or not the run was interrupted and resumed on its way.
 *
 * @throws TrainingDivergedError where a loss or gradient is NaN or infinite.
 * @throws Error in one line where a value is out of range, or the checkpoint to resume from
 *   belongs to another model, configuration or data set.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { model, data, valid, store = memoryStore(), log = memoryLog(), signal, lossTerms = [] } = options;
  const config = resolveFitConfig(options);
  if (config.patience !== null && !valid) throw new Error('fit: patience needs a validation split (valid)');
  const optimizer = createOptimizer(config.optimizer);
  const loss = {
    labelSmoothing: config.labelSmoothing,
    weights: classWeights(data.dataset.labels, config.classWeight),
  };
  const totalSteps = config.epochs * Math.ceil(data.batchesPerEpoch / config.accumulate);
  const checkpoints = createCheckpoints({ model, data, config, store });
  const tensors: TrainingTensors = {
    optimizer: optimizer.init(trainable(model)),
    ema: config.emaDecay === null ? undefined : snapshot(model),
  };
  let savedAt = performance.now();

  try {
    const state = await checkpoints.start(tensors, options.resume ?? false);
    await log.rewind(state.logPosition);
    for (const [i, saved] of state.termStates.entries()) lossTerms[i]?.state?.restore(saved);
    const save = async (): Promise<void> => {
      state.termStates = await Promise.all(lossTerms.map(async (term) => (await term.state?.save()) ?? []));
      state.logPosition = await log.flush();
      await checkpoints.saveLast(state, tensors);
      savedAt = performance.now();
    };
    const result = (stopped: FitResult['stopped'], validation?: ValidationReport): FitResult => {
      const { step, epoch: epochs, best, history } = state;
      return { stopped, step, epochs, best, history, ...(validation && { validation }) };
    };

    while (state.epoch < config.epochs && !state.outOfPatience) {
      let stepStart = performance.now();
      for await (const batches of groups(data, state.epoch, state.batch, config.accumulate)) {
        const waitMs = performance.now() - stepStart;
        const learningRate =
          config.optimizer.learningRate * scheduleFactor(config.schedule, state.step, totalSteps);
        const seeds = batches.map((_, i) =>
          stepSeed(config.seed, state.epoch * data.batchesPerEpoch + state.batch + i),
        );
        const place = { step: state.step + 1, epoch: state.epoch + 1 };

        const computed = await computeGradients(model, { batches, seeds, loss, lossTerms, ...place });
        const { gradients, gradNorm, terms } = computed;
        if (!Number.isFinite(computed.loss + gradNorm)) {
          const first = await firstNonFinite(model, { batches, seeds, gradients, terms });
          const index = batches.flatMap((batch) => [...batch.index]);
          disposeAll(gradients);
          batches.forEach(disposeBatch);
          const { recentLosses } = state;
          const numbers = { loss: computed.loss, terms, gradNorm, learningRate, index, recentLosses };
          throw new TrainingDivergedError({ ...place, ...numbers, first });
        }

        const update = optimizer.update({
          parameters: trainable(model),
          gradients,
          state: tensors.optimizer,
          step: state.step,
          learningRate,
          gradientScale: clipScale(gradNorm, config.clipNorm ?? undefined),
        });
        assignWeights(model, update.parameters);
        for (const used of [update.parameters, gradients, tensors.optimizer]) disposeAll(used);
        tensors.optimizer = update.state;
        if (tensors.ema && config.emaDecay !== null) {
          const values = Object.fromEntries(model.variables);
          const next = emaUpdate(tensors.ema, values, emaDecay(config.emaDecay, state.step));
          disposeAll(tensors.ema);
          tensors.ema = next;
        }

        const images = batches.reduce((sum, batch) => sum + batch.index.length, 0);
        batches.forEach(disposeBatch);
        state.step++;
        state.batch += batches.length;
        state.epochLoss += computed.loss;
        state.epochSteps++;
        state.recentLosses = [...state.recentLosses, computed.loss].slice(-20);
        const seconds = (performance.now() - stepStart) / 1000;
        const speed = { imagesPerSecond: round(images / seconds), waitMs: round(waitMs) };
        const numbers = { loss: computed.loss, learningRate, gradNorm, ...speed };
        const extra = lossTerms.length > 0 ? { terms } : {};
        const record: StepRecord = { kind: 'step', ...place, ...numbers, ...extra };
        log.append(record);
        await options.onStep?.(record);
        await yieldToEvents();

        const { steps = Infinity, seconds: every = Infinity } = options.checkpointEvery ?? {};
        const due = state.step % steps === 0 || performance.now() - savedAt >= every * 1000;
        if (due || signal?.aborted) await save();
        if (signal?.aborted) return result('aborted');
        stepStart = performance.now();
      }

      const scores =
        valid &&
        (await unlessAborted(signal, () =>
          withWeights(model, tensors.ema, () =>
            validate(model, valid, { signal, onProgress: options.onValidation }),
          ),
        ));
      if (signal?.aborted) {
        await save();
        return result('aborted');
      }
      const best = scores && isBetter(scores, state.best?.scores, config.monitor, config.minDelta);
      const epoch: EpochRecord = {
        kind: 'epoch',
        step: state.step,
        epoch: state.epoch + 1,
        trainLoss: state.epochLoss / state.epochSteps,
        ...(scores && { valid: scores, best: best === true }),
      };
      state.history = [...state.history, epoch];
      if (scores && best) state.best = { step: epoch.step, epoch: epoch.epoch, scores };
      state.epochsSinceBest = best ? 0 : state.epochsSinceBest + 1;
      state.outOfPatience = config.patience !== null && state.epochsSinceBest >= config.patience;
      Object.assign(state, { epoch: state.epoch + 1, batch: 0, epochLoss: 0, epochSteps: 0 });
      log.append(epoch);
      if (best) await checkpoints.saveBest(tensors);
      await save();
      await writeJson(store, CURVES, state.history);
      await options.onEpoch?.(epoch);
    }

    await checkpoints.loadFinal(state, tensors);
    const report =
      valid &&
      (await unlessAborted(signal, () =>
        validationReport(model, valid, config.tta, { signal, onProgress: options.onValidation }),
      ));
    if (signal?.aborted) return result('aborted');
    if (report) await writeJson(store, VALIDATION, report);
    return result(state.outOfPatience ? 'patience' : 'finished', report);
  } finally {
    disposeAll(tensors.optimizer);
    disposeAll(tensors.ema);
  }
}

/** An epoch's batches, `size` at a time; the last group may be smaller. */
async function* groups(data: Loader, epoch: number, from: number, size: number): AsyncGenerator<Batch[]> {
  let group: Batch[] = [];
  for await (const batch of data.epoch(epoch, from)) {
    group.push(batch);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Undefined where `work` threw because of the signal. */
async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
