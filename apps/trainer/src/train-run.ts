import { createProgress, type ProgressLine } from '@pcam/cli';
import type { Engine } from '@pcam/engine';
import { countParameters } from '@pcam/models';
import type { Dataset, Loader } from '@pcam/pcam-data';
import { checkPatches, type FitResult, fit } from '@pcam/training';
import { createRun, openRun, type Run } from '@pcam/training/node';
import manifest from '../package.json' with { type: 'json' };
import { biasNote, constraintTerms } from './constraint.js';
import type { TrainingData } from './data.js';
import { optionsOfRun } from './implied.js';
import type { TrainOptions } from './options.js';
import { hasPseudoMasks, pseudoMasksOfRun } from './pseudo-masks.js';
import { mayChange, recordedConfig, upgradeConfig } from './recorded.js';
import { buildModel, fitConfig, openLoader } from './setup.js';
import { NOTHING_YET, summaryOf, type TrainSummary } from './summary.js';
import { hasTeacher, teacherOptions, teacherSummary } from './teacher.js';
import { warmStart } from './warm-start.js';
import { dataLine, ending, epochLine, lengthenedLine, outcome, stepNote } from './words.js';

/** What the stages of a training share. */
export interface Session {
  readonly engine: Engine;
  readonly data: TrainingData;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** By `performance.now()`. */
  readonly started: number;
}

/** Of a teacher: it trains within another run. */
interface Within {
  /** Called once its first step is done. */
  readonly onBegun: () => void;
}

/** Trains into one run folder; where its masks are a teacher's, that one is trained first, within it. */
export async function trainRun(
  options: TrainOptions,
  session: Session,
  within?: Within,
): Promise<TrainSummary> {
  const { engine, data, say, signal } = session;
  const started = within ? performance.now() : session.started;
  const before = options.resume ? optionsOfRun(options.out)?.epochs : undefined;
  const model = buildModel(options);
  try {
    const lossTerms = constraintTerms(options);
    checkPatches(model, data.train);
    checkPatches(model, data.valid);
    const parameters = countParameters(model);
    if (!within) {
      say(`model: ${model.config.name}, ${parameters.toLocaleString('en')} parameters`);
      say(dataLine(data.train.length, data.valid.length, options.batchSize));
      const note = biasNote(options, model);
      if (note !== undefined) say(note);
    }
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
    const { batchSize } = options;
    const loaders: Loader[] = [];
    let done = 0;
    const end = (result: FitResult): TrainSummary => {
      const seconds = (performance.now() - started) / 1000;
      const now = { steps: done, seconds };
      if (!within) say(ending(result, options, now));
      else if (result.stopped !== 'aborted') say(`teacher: ${outcome(result, options, now)}`);
      return summaryOf(result, {
        ...{ run: run.dir, engine, model: model.config.name, parameters, seconds },
        ...{ trainPatches: data.train.length, validPatches: data.valid.length },
        teacher: teacherSummary(options),
      });
    };
    try {
      const patches = await patchesToLearnFrom(run, options, session);
      if (patches === undefined) return end(NOTHING_YET);
      const loader = await openLoader(patches, options, true);
      loaders.push(loader);
      const valid = await openLoader(data.valid, options, false);
      loaders.push(valid);
      const steps = loader.batchesPerEpoch;
      const stage = within ? 'teacher, ' : hasTeacher(options) ? 'student, ' : '';
      const bar = (epoch: number) =>
        createProgress({
          label: `${stage}epoch ${epoch}/${options.epochs}`,
          // The last batch may be left out, or not be full.
          total: Math.min(steps * batchSize, patches.length),
          unit: 'images',
        });
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
          if (done++ === 0) {
            within?.onBegun();
            if (before !== undefined && before !== options.epochs) {
              say(lengthenedLine(before, options.epochs, learningRate));
            }
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
      return end(result);
    } finally {
      for (const loader of loaders) await loader.close();
      run.close();
    }
  } finally {
    model.dispose();
  }
}

/** With masks, where they are asked for, which may take a teacher; undefined where that was interrupted. */
async function patchesToLearnFrom(
  run: Run,
  options: TrainOptions,
  session: Session,
): Promise<Dataset | undefined> {
  const { data, say, signal } = session;
  const { pseudoMasks, batchSize } = options;
  if (pseudoMasks === undefined) return data.train;
  const source = { from: pseudoMasks, data, batchSize, say, signal };
  try {
    if (!hasTeacher(options)) return await pseudoMasksOfRun(run, source);
    const teacher = teacherOptions(options);
    if (!hasPseudoMasks(run.dir)) {
      say(`stage 1 of 2: a teacher, in ${teacher.out}`);
      // What may have changed since the run began is the run's once its teacher trains with it.
      const { stopped } = await trainRun(teacher, session, { onBegun: () => run.record() });
      if (stopped === 'aborted') return undefined;
    }
    const patches = await pseudoMasksOfRun(run, { ...source, from: teacher.out });
    say(`stage 2 of 2: its student, in ${options.out}`);
    return patches;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

/** Whether there is a checkpoint, from which alone a run goes on. */
function goesOn({ out, resume }: TrainOptions): boolean {
  return resume && openRun(out).hasCheckpoint;
}
