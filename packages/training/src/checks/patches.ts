import type { Model } from '@pcam/models';
import type { Dataset } from '@pcam/pcam-data';

/** @throws Error in one line where the patches of a data set cannot go through the model. */
export function checkPatches(model: Model, dataset: Pick<Dataset, 'name' | 'height' | 'width'>): void {
  const { name, height, width } = dataset;
  if (height % model.stride === 0 && width % model.stride === 0 && Math.min(height, width) >= 32) return;
  throw new Error(
    `${name} has patches of ${height}×${width}; ${model.config.name} takes multiples of ${model.stride} from 32 on`,
  );
}
