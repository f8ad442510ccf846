import type { EpochRow } from '@pcam/figures';
import type { Model } from '@pcam/models';
import type { Calibration, EpochRecord } from '@pcam/training';
import { openRun, type PatchSize, type Run, type RunModel } from '@pcam/training/node';
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
  /** Of the patches that it was trained on, where the run knows. */
  readonly patchSize: PatchSize | undefined;
}

/** @throws RunFolderError where the folder is no run, has no such checkpoint, or holds another model's. */
export async function openTrainedRun(options: RunOptions): Promise<TrainedRun> {
  const run = openRun(options.run);
  const { history } = run;
  const loaded = await run.model(options.checkpoint);
  const { model, path: checkpoint, sha256: weights, patchSize } = loaded;
  const bestEpoch = history.findLast((record) => record.best)?.epoch;
  const epochs = epochPoints(history);
  return { run, model, checkpoint, weights, patchSize, epochs, bestEpoch, ...calibrationOf(loaded, options) };
}

/** A run that masks are compared with. */
export type ComparedRun = Pick<TrainedRun, 'model'> & { readonly name: string };

/** The run that masks are compared with, if any: its best weights. @throws as {@link openTrainedRun}. */
export async function openCompared(options: EvaluateOptions): Promise<ComparedRun | undefined> {
  if (options.compareRun === undefined) return undefined;
  const { model } = await openTrainedRun({ ...options, run: options.compareRun, checkpoint: 'best' });
  return { name: options.compareRun, model };
}

/** The operating point comes from the validation split alone, for the same kind of prediction. */
function calibrationOf(
  { validation: report }: RunModel,
  { tta, threshold }: RunOptions,
): Pick<TrainedRun, 'threshold' | 'temperature' | 'thresholdSource'> {
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

/** The line to say where patches are of another size than those of the training. */
export function otherSize(
  { patchSize: trained }: Pick<TrainedRun, 'patchSize'>,
  { height, width }: PatchSize,
): string | undefined {
  if (!trained || (trained.height === height && trained.width === width)) return undefined;
  return `note: patches are ${height}×${width}, but the run was trained on ${trained.height}×${trained.width}, for which its threshold and temperature were chosen`;
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
