import { type OpenFlatOptions, openFlat } from './flat.js';
import { openFolder } from './folder.js';
import { openKaggle } from './kaggle.js';
import { openPcam } from './official.js';
import type { DatasetSpec, SpecDataset } from './spec.js';

/**
 * Opens the data set that a spec describes.
 * @param options what a flat cache is opened with.
 * @throws DataError as its opener does.
 */
export async function openSpec(spec: DatasetSpec, options: OpenFlatOptions = {}): Promise<SpecDataset> {
  switch (spec.kind) {
    case 'pcam':
      return openPcam(spec.dir, spec.split, { cacheDir: spec.cacheDir });
    case 'flat':
      return openFlat(spec.file, options);
    case 'kaggle':
      return openKaggle(spec.dir, spec.split, { seed: spec.seed, fractions: spec.fractions });
    case 'folder':
      return openFolder(spec.dir, spec.split, { seed: spec.seed, fractions: spec.fractions });
    default:
      throw new TypeError(`no data set of kind "${String((spec as { kind?: unknown }).kind)}"`);
  }
}
