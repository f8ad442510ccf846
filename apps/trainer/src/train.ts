import { checkOptions, createProgress, type ProgressLine } from '@pcam/cli';
import { countParameters } from '@pcam/models';
import type { Loader } from '@pcam/pcam-data';
import { checkPatches, type FitResult, fit } from '@pcam/training';
import { abortOnInterrupt, checkRunFolder, createRun, type Interrupt, openRun } from '@pcam/training/node';
import manifest from '../package.json' with { type: 'json' };
import { biasNote, constraintTerms } from './constraint.js';
import { findTrainingData, openTrainingData, type TrainingData } from './data.js';
import { optionsOfRun } from './implied.js';
import { type TrainOptions, trainOptions } from './options.js';
import { hasPseudoMasks, pseudoMasksOfRun, runThatDraws } from './pseudo-masks.js';
import { mayChange, recordedConfig, upgradeConfig } from './recorded.js';
import { buildModel, fitConfig, openLoader, startEngine } from './setup.js';
import { warmStart } from './warm-start.js';
import { dataLine, ending, epochLine, lengthenedLine, stepNote } from './words.js';

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

/**
 * Trains a model into a run folder, as `pcam-train` does; the first Ctrl-C ends it with a checkpoint.
 *
 * @param options complete: `trainOptions.parse({ … })` fills in defaults.
 * @param say receives one line at a time for people.
 * @throws UsageError in one line for an option that is unknown or out of range; errors of the engine, the data
 *   (DataError), the run (RunFolderError), the model and the training (TrainingDivergedError) likewise.
 */
export async function train(options: TrainOptions, say: (line: string) => void): Promise<TrainSummary> {
  const started = performance.now();
  checkOptions('train', options, trainOptions);
  checkRunFolder(options.out, options.resume);
  const before = options.resume ? optionsOfRun(options.out)?.epochs : undefined;
  await findTrainingData(options);
  if (options.pseudoMasks !== undefined && !options.resume) runThatDraws(options.pseudoMasks);
  // Before the data are opened, whose unpacking or painting may take minutes: what no model has is told at once.
  const engine = await startEngine(options, say);
  const model = buildModel(options);
  let data: TrainingData | undefined;
  let interrupt: Interrupt | undefined;
  try {
    data = await openTrainingData(options);
    interrupt = abortOnInterrupt((name) => {
      if (process.stderr.isTTY) process.stderr.write('\n'); // leaves the progress bar's line
      say(`${name}: finishing this step and saving; again to stop at once`);
    });
    for (const note of data.notes) say(note);
    const lossTerms = constraintTerms(options);
    checkPatches(model, data.train);
    checkPatches(model, data.valid);
    const parameters = countParameters(model);
    say(`model: ${model.config.name}, ${parameters.toLocaleString('en')} parameters`);
    say(dataLine(data.train.length, data.valid.length, options.batchSize));

    const note = biasNote(options, model);
    if (note !== undefined) say(note);
    if (options.initFrom !== undefined && !goesOn(options)) {
      say(`weights: ${await warmStart(model, options.initFrom)}`);
    }

    const run = createRun(options.out, {
      config: recordedConfig(options, engine.engine, model.config),
      environment: { engine, seed: options.seed, versions: { 'pcam-train': manifest.version } },
      resume: options.resume,
      mayChange: mayChange(hasPseudoMasks(options.out)),
      upgrade: upgradeConfig,
    });
    for (const note of run.notes) say(note);
    const { pseudoMasks: from, batchSize } = options;
    const loaders: Loader[] = [];
    try {
      const { signal } = interrupt;
      const masked =
        from === undefined ? data.train : await pseudoMasksOfRun(run, { from, data, batchSize, say, signal });
      const loader = await openLoader(masked, options, true);
      loaders.push(loader);
      const valid = await openLoader(data.valid, options, false);
      loaders.push(valid);
      const steps = loader.batchesPerEpoch;
      const bar = (epoch: number) =>
        createProgress({
          label: `epoch ${epoch}/${options.epochs}`,
          // The last batch may be left out, or not be full.
          total: Math.min(steps * batchSize, masked.length),
          unit: 'images',
        });
      let done = 0;
      let progress: ProgressLine | undefined;
      let validating: ProgressLine | undefined;
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
        onStep(record) {
          const { step, epoch, learningRate } = record;
          if (done++ === 0 && before !== undefined && before !== options.epochs) {
            say(lengthenedLine(before, options.epochs, learningRate));
          }
          progress ??= bar(epoch);
          progress.update((step - (epoch - 1) * steps) * batchSize, stepNote(record));
        },
        onValidation(done, total) {
          // Seconds on a small split; where it takes longer, it is shown.
          validating ??= createProgress({ label: 'validating', total, unit: 'images' });
          validating.update(done);
          if (done < total) return;
          validating.clear();
          validating = undefined;
        },
        onEpoch(record) {
          progress?.end(epochLine(record));
          progress = undefined;
        },
      });
      const seconds = (performance.now() - started) / 1000;
      say(ending(result, options, { steps: done, seconds }));
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
    }
  } finally {
    model.dispose();
    interrupt?.dispose();
    await data?.close();
  }
}

/** Whether there is a checkpoint, from which alone a run goes on. */
function goesOn({ out, resume }: TrainOptions): boolean {
  return resume && openRun(out).hasCheckpoint;
}
