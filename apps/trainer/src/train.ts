import { resolve } from 'node:path';
import { createProgress, formatSeconds, type Progress } from '@pcam/cli';
import { useEngine } from '@pcam/engine';
import { countParameters } from '@pcam/models';
import type { Loader } from '@pcam/pcam-data';
import { checkPatches, type EpochRecord, type FitResult, fit, type StepRecord } from '@pcam/training';
import { abortOnInterrupt, createRun } from '@pcam/training/node';
import { constraintTerms } from './constraint.js';
import { openTrainingData } from './data.js';
import type { TrainOptions } from './options.js';
import { pseudoMasksOfRun } from './pseudo-masks.js';
import { buildModel, fitConfig, openLoader } from './setup.js';
import { version } from './version.js';

/** What a finished (or interrupted) run comes to; `pcam-train --json` prints it. */
export interface TrainSummary {
  readonly run: string;
  readonly engine: string;
  readonly device: string;
  readonly model: string;
  readonly parameters: number;
  readonly trainPatches: number;
  readonly validPatches: number;
  readonly stopped: FitResult['stopped'];
  readonly epochs: number;
  readonly steps: number;
  readonly bestEpoch: number | null;
  readonly validAuroc: number | null;
  readonly validAccuracy: number | null;
  readonly validLoss: number | null;
  readonly seconds: number;
}

/** @param say receives one line at a time for people. */
export async function train(options: TrainOptions, say: (line: string) => void): Promise<TrainSummary> {
  const started = performance.now();
  const data = await openTrainingData(options);
  const interrupt = abortOnInterrupt((name) => {
    if (process.stderr.isTTY) process.stderr.write('\n'); // leaves the progress bar's line
    say(`${name}: finishing this step and saving; again to stop at once`);
  });
  try {
    for (const note of data.notes) say(note);
    const engine = await useEngine(options.engine);
    say(`engine: ${engine.engine} on ${engine.device}, ${engine.threads} thread(s); ${engine.why}`);
    const lossTerms = constraintTerms(options);
    const model = buildModel(options);
    checkPatches(model, data.train);
    checkPatches(model, data.valid);
    const parameters = countParameters(model);
    say(`model: ${model.config.name}, ${parameters.toLocaleString('en')} parameters`);
    say(`data: ${data.train.length} patches to train on, ${data.valid.length} to validate on`);

    const run = createRun(options.out, {
      config: recordedOptions(options, engine.engine, model.config),
      environment: { engine, seed: options.seed, versions: { 'pcam-train': version } },
      resume: options.resume,
    });
    const { pseudoMasks: from, batchSize } = options;
    const loaders: Loader[] = [];
    try {
      const { signal } = interrupt;
      const masked =
        from === undefined
          ? data.train
          : await pseudoMasksOfRun(run.dir, { from, data, batchSize, say, signal });
      const loader = await openLoader(masked, options, true);
      loaders.push(loader);
      const valid = await openLoader(data.valid, options, false);
      loaders.push(valid);
      const steps = loader.batchesPerEpoch;
      const bar = (epoch: number) =>
        createProgress({
          label: `epoch ${epoch}/${options.epochs}`,
          total: steps * options.batchSize,
          unit: 'images',
        });
      let progress: Progress | undefined;
      let validating: Progress | undefined;
      const result = await fit({
        ...fitConfig(options),
        model,
        lossTerms,
        data: loader,
        valid,
        store: run.store,
        log: run.log,
        resume: options.resume,
        ...(options.checkpointSeconds > 0 && { checkpointEvery: { seconds: options.checkpointSeconds } }),
        signal,
        onStep({ step, epoch, loss, terms }) {
          progress ??= bar(epoch);
          progress.update((step - (epoch - 1) * steps) * options.batchSize, stepNote(loss, terms));
        },
        onValidation(done, total) {
          // Seconds on a small split; where it takes longer, it is shown.
          validating ??= createProgress({ label: 'validating', total, unit: 'images' });
          validating.update(done);
          if (done === total) validating = undefined;
        },
        onEpoch(record) {
          progress?.end(epochLine(record));
          progress = undefined;
        },
      });
      const seconds = (performance.now() - started) / 1000;
      say(ending(result, options, seconds));
      const best = result.best?.scores;
      return {
        run: run.dir,
        engine: engine.engine,
        device: engine.device,
        model: model.config.name,
        parameters,
        trainPatches: data.train.length,
        validPatches: data.valid.length,
        stopped: result.stopped,
        epochs: result.epochs,
        steps: result.step,
        bestEpoch: result.best?.epoch ?? null,
        validAuroc: best?.auroc ?? null,
        validAccuracy: best?.accuracy ?? null,
        validLoss: best?.loss ?? null,
        seconds: Math.round(seconds * 10) / 10,
      };
    } finally {
      for (const loader of loaders) await loader.close();
      run.close();
      model.dispose();
    }
  } finally {
    interrupt.dispose();
    await data.close();
  }
}

/** What decides the weights; a run can only be resumed with the same. */
function recordedOptions(options: TrainOptions, engine: string, model: unknown): Record<string, unknown> {
  const { out, resume, json, preset, workers, checkpointSeconds, dryRun, overfitBatch, ...deciding } =
    options;
  const data = options.data === 'synthetic' ? options.data : resolve(options.data);
  const pseudoMasks = options.pseudoMasks && resolve(options.pseudoMasks);
  return { options: JSON.parse(JSON.stringify({ ...deciding, data, pseudoMasks, engine })), model };
}

/** Beside the progress bar: the loss, and how much of what is healthy is attributed so. */
function stepNote(loss: number, terms: StepRecord['terms']): string {
  const share = terms?.['constraint.negativeShare'];
  return `loss ${loss.toFixed(3)}${share === undefined ? '' : ` · ${(100 * share).toFixed(0)} % of healthy pixels negative`}`;
}

function epochLine({ trainLoss, valid, best }: EpochRecord): string {
  const scores = valid
    ? `valid loss ${valid.loss.toFixed(3)}, AUROC ${valid.auroc?.toFixed(4) ?? 'undefined'}, accuracy ${valid.accuracy.toFixed(3)}`
    : '';
  return `loss ${trainLoss.toFixed(3)} · ${scores}${best ? ' · best' : ''}`;
}

function ending({ stopped, best, epochs }: FitResult, options: TrainOptions, seconds: number): string {
  const time = formatSeconds(seconds);
  if (stopped === 'aborted') {
    return `stopped after ${time}; go on with: pcam-train --resume --out ${options.out}`;
  }
  const why = stopped === 'patience' ? `no better score for ${options.patience} epochs` : 'all epochs done';
  const score = best ? `; best validation AUROC ${best.scores.auroc?.toFixed(4)} in epoch ${best.epoch}` : '';
  return `${why} (${epochs}) in ${time}${score}\nevaluate with: pcam-evaluate --run ${options.out} --data ${options.data} --out ${options.out}/evaluation`;
}
