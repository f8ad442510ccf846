import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, UsageError } from '@pcam/cli';
import type { EpochRow } from '@pcam/figures';
import type { Model } from '@pcam/models';
import { type Calibration, type EpochRecord, modelFromCheckpoint } from '@pcam/training';
import { openRun, type Run } from '@pcam/training/node';
import type { EvaluateOptions } from './options.js';

/** What says which weights of a run are meant, and how they are used. */
export type RunOptions = Pick<EvaluateOptions, 'run' | 'checkpoint' | 'tta' | 'threshold'>;

/** What the evaluator takes from a run folder. */
export interface TrainedRun {
  readonly run: Run;
  readonly model: Model;
  readonly checkpoint: string;
  /** SHA-256 of that file. */
  readonly weights: string;
  readonly threshold: number;
  readonly temperature: number;
  /** Where threshold and temperature come from, for people. */
  readonly thresholdSource: string;
  readonly epochs: readonly EpochRow[];
  readonly bestEpoch: number | undefined;
}

/** @throws an error in one line where the folder is no run, has no such checkpoint, or holds another model's. */
export async function openTrainedRun(options: RunOptions): Promise<TrainedRun> {
  const run = openRun(options.run);
  try {
    const checkpoint = join(run.dir, 'checkpoints', `${options.checkpoint}.safetensors`);
    const { model, weights } = readModel(checkpoint);
    const expected = (run.config.model as { name?: string } | undefined)?.name;
    if (expected !== undefined && model.config.name !== expected) {
      throw new UsageError(
        `${checkpoint} holds a ${model.config.name}, but the run was of a ${expected}; restore the checkpoint`,
      );
    }
    const history = readHistory(run.dir);
    return { run, model, checkpoint, weights, ...calibrationOf(run, options), ...history };
  } finally {
    run.close();
  }
}

/** Of a best checkpoint, which is a model, and of a last one, which also holds how to go on. */
function readModel(checkpoint: string): Pick<TrainedRun, 'model' | 'weights'> {
  try {
    const bytes = new Uint8Array(readFileSync(checkpoint));
    return { model: modelFromCheckpoint(bytes), weights: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    throw new UsageError(`${checkpoint}: cannot load a model: ${describeError(error)}`);
  }
}

/** The run that masks are compared with, if any: its best weights. @throws as {@link openTrainedRun}. */
export async function openCompared(
  options: EvaluateOptions,
): Promise<{ readonly name: string; readonly model: Model } | undefined> {
  if (options.compareRun === undefined) return undefined;
  const { model } = await openTrainedRun({ ...options, run: options.compareRun, checkpoint: 'best' });
  return { name: options.compareRun, model };
}

/** The operating point comes from the validation split alone, for the same kind of prediction. */
function calibrationOf(
  run: Run,
  { tta, threshold, checkpoint }: RunOptions,
): Pick<TrainedRun, 'threshold' | 'temperature' | 'thresholdSource'> {
  // The stored calibration is of the best weights; others have their own, which nobody measured.
  const report = checkpoint === 'best' ? run.validation : undefined;
  const chosen: Calibration | undefined = tta ? report?.dihedral : report?.none;
  const given = threshold === undefined ? undefined : { threshold, thresholdSource: 'given by hand' };
  if (chosen) {
    const { temperature } = chosen;
    return {
      temperature,
      threshold: chosen.threshold,
      thresholdSource: 'chosen on the validation split',
      ...given,
    };
  }
  const why = report
    ? 'the run was calibrated without test-time augmentation'
    : 'the run has no calibration for these weights';
  return { temperature: 1, threshold: 0.5, thresholdSource: `the default, since ${why}`, ...given };
}

function readHistory(dir: string): Pick<TrainedRun, 'epochs' | 'bestEpoch'> {
  let history: readonly EpochRecord[];
  try {
    history = JSON.parse(readFileSync(join(dir, 'curves.json'), 'utf8')) as EpochRecord[];
  } catch {
    return { epochs: [], bestEpoch: undefined }; // a run that was stopped in its first epoch has none
  }
  return { epochs: epochPoints(history), bestEpoch: history.findLast((record) => record.best)?.epoch };
}

/** Of a constrained run the cross-entropy alone, as validation has it; older runs did not record it apart. */
export function epochPoints(
  history: readonly (Omit<EpochRecord, 'crossEntropy'> & { readonly crossEntropy?: number })[],
): TrainedRun['epochs'] {
  return history.flatMap(({ epoch, trainLoss, crossEntropy = trainLoss, valid }) =>
    valid && valid.auroc !== null
      ? [{ epoch, trainLoss: crossEntropy, validLoss: valid.loss, validAuroc: valid.auroc }]
      : [],
  );
}
