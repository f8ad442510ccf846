import type { Model } from '@pcam/models';
import { disposeBatch, type Loader } from '@pcam/pcam-data';
import { createCheckpoints } from './checkpoints.js';
import { checkBatch, checkValues } from './checks/batch.js';
import { checkClasses } from './checks/both-classes.js';
import { checkFitOptions } from './checks/options.js';
import { clipScale } from './clip.js';
import { configKeys, type FitConfig, plainConfig, resolveFitConfig } from './config.js';
import { firstNonFinite, NonFiniteLogitsError, TrainingDivergedError } from './diagnosis.js';
import { emaDecay, emaUpdate } from './ema.js';
import { countStep, endEpoch, groups } from './epoch.js';
import { computeGradients, type LossTerm } from './gradients.js';
import { classWeights } from './loss.js';
import { applyUpdate } from './optimizers/apply.js';
import { createOptimizer } from './optimizers/create.js';
import { predict } from './predict.js';
import { type EpochRecord, memoryLog, type RecordLog, type StepRecord } from './records.js';
import { type ValidationReport, validationReport } from './report.js';
import { plateauOf, scheduleFactor } from './schedule.js';
import { type Best, initialState, stepSeed, type TrainingTensors } from './state.js';
import { type CheckpointStore, CURVES, memoryStore, VALIDATION, writeJson } from './store.js';
import { disposeAll, snapshot, trainable, withWeights } from './weights.js';
import { yieldToEvents } from './yield.js';

/** What to train, on what, and how; where records and checkpoints go, and who hears of it. */
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
  /** Added to the cross-entropy (or `loss`), each one already weighted. */
  readonly lossTerms?: readonly LossTerm[];
  /** Called after each optimizer step; a promise is waited for. */
  readonly onStep?: (record: StepRecord) => void | Promise<void>;
  /** Return false, or a promise of it, to end the run with its best weights; anything else goes on. */
  readonly onEpoch?: (record: EpochRecord) => unknown;
  /** Hears how many patches of the validation split are done, at each pass over it. */
  readonly onValidation?: (done: number, total: number) => void;
}

/** How a run ended, and what it came to. */
export interface FitResult {
  /** `'onEpoch'`: it returned false. */
  readonly stopped: 'finished' | 'patience' | 'onEpoch' | 'aborted';
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
 * @throws TrainingDivergedError where a loss, a gradient or a logit in validation is NaN or infinite.
 * @throws Error in one line where an option is unknown or a value out of range; where the model gives anything but one
 *   logit a patch, a batch is none, or a loss no scalar; or where the checkpoint to resume from
 *   belongs to another model, configuration or data set.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { model, data, valid, store = memoryStore(), log = memoryLog(), signal, lossTerms = [] } = options;
  checkFitOptions(options);
  const config = resolveFitConfig(configOf(options));
  const { schedule, monitor } = config;
  const plateau = plateauOf(schedule);
  if (!valid) {
    if (config.patience !== null) throw new Error('fit: patience needs a validation split (valid)');
    if (plateau) throw new Error('fit: schedule plateau needs a validation split (valid)');
  }
  if (monitor === 'last' && (config.patience !== null || plateau)) {
    throw new Error(
      `fit: ${plateau ? 'schedule plateau' : 'patience'} waits for a better score, and by monitor 'last' every epoch is better`,
    );
  }
  checkClasses({ data, valid, monitor, ownLoss: options.loss !== undefined });
  const optimizer = createOptimizer(config.optimizer);
  const loss = {
    labelSmoothing: config.labelSmoothing,
    weights: classWeights(data.dataset.labels, config.classWeight),
  };
  const stepsPerEpoch = Math.ceil(data.batchesPerEpoch / config.accumulate);
  const totalSteps = config.epochs * stepsPerEpoch;
  const checkpoints = createCheckpoints({
    model,
    data,
    valid,
    config: plainConfig(config),
    lossTerms,
    store,
  });
  const tensors: TrainingTensors = {
    optimizer: optimizer.init(trainable(model)),
    ema: config.emaDecay === null ? undefined : snapshot(model),
  };
  let savedAt = performance.now();
  let latest = { terms: {}, gradNorm: Number.NaN, learningRate: Number.NaN };
  let seen = false;

  try {
    const state = { ...initialState(), ...(await checkpoints.start(tensors, options.resume ?? false)) };
    if (!options.resume && (await log.flush()) > 0) {
      throw new Error(
        'fit: the log holds records already; give resume: true (with the store of their run) to go on, or another log',
      );
    }
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

    /** One pass over the validation split, whose divergence is the training's. */
    const inValidation = <T>(work: () => Promise<T>): Promise<T | undefined> =>
      unlessAborted(signal, work).catch((error: unknown) => {
        if (!(error instanceof NonFiniteLogitsError)) throw error;
        const { first, index } = error;
        const { step, recentLosses } = state;
        const numbers = { ...latest, loss: recentLosses.at(-1) ?? Number.NaN, recentLosses };
        const place = { step, epoch: Math.ceil(step / stepsPerEpoch) };
        throw new TrainingDivergedError({ ...place, ...numbers, index, first, during: 'validation' });
      });

    while (state.epoch < config.epochs && !state.outOfPatience && !state.stoppedByCaller) {
      let stepStart = performance.now();
      for await (const batches of groups(data, state.epoch, state.batch, config)) {
        const waitMs = performance.now() - stepStart;
        if (!seen) {
          checkBatch('fit', batches[0]!);
          await checkValues('fit', batches[0]!, true);
          seen = true;
        }
        const { reduced } = state.plateau;
        const factor = scheduleFactor(schedule, state.step, totalSteps, { stepsPerEpoch, reduced });
        const learningRate = config.optimizer.learningRate * factor;
        const seeds = batches.map((_, i) =>
          stepSeed(config.seed, state.epoch * data.batchesPerEpoch + state.batch + i),
        );
        const place = { step: state.step + 1, epoch: state.epoch + 1 };

        const computed = await computeGradients(model, {
          batches,
          seeds,
          loss,
          ownLoss: config.loss,
          lossTerms,
          steps: totalSteps,
          ...place,
        });
        const { gradients, gradNorm, terms, crossEntropy } = computed;
        latest = { terms, gradNorm, learningRate };
        if (!Number.isFinite(computed.loss + gradNorm)) {
          const first = await firstNonFinite(model, { batches, seeds, gradients, terms });
          const index = batches.flatMap((batch) => [...batch.index]);
          disposeAll(gradients);
          batches.forEach(disposeBatch);
          const { recentLosses } = state;
          const numbers = { loss: computed.loss, terms, gradNorm, learningRate, index, recentLosses };
          throw new TrainingDivergedError({ ...place, ...numbers, first });
        }

        tensors.optimizer = applyUpdate(model, optimizer, {
          gradients,
          state: tensors.optimizer,
          step: state.step,
          learningRate,
          gradientScale: clipScale(gradNorm, config.clipNorm ?? undefined),
        });
        if (tensors.ema && config.emaDecay !== null) {
          const values = Object.fromEntries(model.variables);
          const next = emaUpdate(tensors.ema, values, emaDecay(config.emaDecay, state.step));
          disposeAll(tensors.ema);
          tensors.ema = next;
        }

        const images = batches.reduce((sum, batch) => sum + batch.index.length, 0);
        batches.forEach(disposeBatch);
        const extra = lossTerms.length > 0 ? { terms } : {};
        countStep(state, {
          batches: batches.length,
          loss: computed.loss,
          crossEntropy,
          terms: extra.terms ?? {},
        });
        const seconds = (performance.now() - stepStart) / 1000;
        const speed = { imagesPerSecond: round(images / seconds), waitMs: round(waitMs) };
        const numbers = { loss: computed.loss, crossEntropy, learningRate, gradNorm, ...speed };
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

      const predictions =
        valid &&
        (await inValidation(() =>
          withWeights(model, tensors.ema, () =>
            predict(model, valid, { signal, onProgress: options.onValidation }),
          ),
        ));
      if (signal?.aborted) {
        await save();
        return result('aborted');
      }
      if (setInSince(state.best?.step, lossTerms, { step: state.step, steps: totalSteps })) state.best = null;
      const epoch = endEpoch(state, predictions, config);
      log.append(epoch);
      if (epoch.best) await checkpoints.saveBest(tensors);
      // Before the checkpoint, from which on nothing would write the last epoch's again after a crash.
      await writeJson(store, CURVES, state.history);
      await save();
      if ((await options.onEpoch?.(epoch)) === false) {
        state.stoppedByCaller = true;
        await save();
      }
    }

    await checkpoints.loadFinal(state, tensors);
    const report =
      valid &&
      (await inValidation(() =>
        validationReport(model, valid, config.tta, { signal, onProgress: options.onValidation }),
      ));
    if (signal?.aborted) return result('aborted');
    if (report) await writeJson(store, VALIDATION, report);
    const early = state.stoppedByCaller ? 'onEpoch' : state.outOfPatience ? 'patience' : undefined;
    return result(early ?? 'finished', report);
  } finally {
    disposeAll(tensors.optimizer);
    disposeAll(tensors.ema);
  }
}

/** Whether a term is on that was off when the best weights were. */
function setInSince(
  best: number | undefined,
  terms: readonly LossTerm[],
  { step, steps }: { readonly step: number; readonly steps: number },
): boolean {
  if (best === undefined) return false;
  return terms.some(({ isOff }) => isOff?.({ step: best, steps }) && !isOff({ step, steps }));
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

/** By name, so that what an object inherits counts as it does for `model` and `data`. */
function configOf(options: FitOptions): FitConfig {
  const keys = Object.keys(configKeys) as (keyof FitConfig)[];
  return Object.fromEntries(keys.map((key) => [key, options[key]])) as unknown as FitConfig;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
