import type { PatchSize } from '@pcam/training/node';
import type { TrainedRun } from './run.js';

/** The line to say where patches are of another size than those of the training. */
export function otherSize(
  { patchSize: trained }: Pick<TrainedRun, 'patchSize'>,
  { height, width }: PatchSize,
): string | undefined {
  if (!trained || (trained.height === height && trained.width === width)) return undefined;
  return `note: patches are ${height}×${width}, but the run was trained on ${trained.height}×${trained.width}, for which its threshold and temperature were chosen`;
}
