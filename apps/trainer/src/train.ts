import { checkOptions } from '@pcam/cli';
import { abortOnInterrupt, checkRunFolder, type Interrupt } from '@pcam/training/node';
import { findTrainingData, openTrainingData, type TrainingData } from './data.js';
import { type TrainOptions, trainOptions } from './options.js';
import { runThatDraws } from './pseudo-masks.js';
import { checkSettings, startEngine } from './setup.js';
import type { TrainSummary } from './summary.js';
import { hasTeacher, refuseTaught } from './teacher.js';
import { trainRun } from './train-run.js';

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
  const { pseudoMasks } = options;
  if (hasTeacher(options)) refuseTaught(options);
  await findTrainingData(options);
  if (pseudoMasks !== undefined && !hasTeacher(options) && !options.resume) runThatDraws(pseudoMasks);
  const engine = await startEngine(options, say);
  checkSettings(options);
  let data: TrainingData | undefined;
  let interrupt: Interrupt | undefined;
  try {
    data = await openTrainingData(options);
    interrupt = abortOnInterrupt((name) => {
      if (process.stderr.isTTY) process.stderr.write('\n'); // leaves the progress bar's line
      say(`${name}: finishing this step and saving; again to stop at once`);
    });
    for (const note of data.notes) say(note);
    return await trainRun(options, { engine, data, say, signal: interrupt.signal, started });
  } finally {
    interrupt?.dispose();
    await data?.close();
  }
}
