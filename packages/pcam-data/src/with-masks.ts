import { checkDataset, checkMaskBytes } from './check-dataset.js';
import type { Dataset, Patches } from './dataset.js';

/** A data set whose masks are others than its own. */
export interface MaskedDataset extends Dataset {
  readonly parent: Dataset;
  /** 0 or 1, `[length, height, width]`. */
  readonly masks: Uint8Array;
}

/**
 * The same patches with other masks, such as pseudo-masks that a classifier's maps were cut into. Labels, slides and
 * `tumorPatch` stay what they are. The masks are used, not copied. Closing it leaves `dataset` open.
 *
 * @param masks 0 or 1, `[length, height, width]`.
 * @throws Error where their number does not fit or a value is not 0 or 1.
 */
export function withMasks(dataset: Dataset, masks: Uint8Array): MaskedDataset {
  checkDataset('withMasks', dataset);
  const { name, length, height, width, labels, tumorPatch, slides } = dataset;
  const pixels = height * width;
  checkMaskBytes(`${name}: masks [${length}, ${height}, ${width}]`, masks, length, pixels);
  return {
    parent: dataset,
    masks,
    name,
    length,
    height,
    width,
    hasMasks: true,
    labels,
    ...(tumorPatch && { tumorPatch }),
    ...(slides && { slides }),
    async read(index): Promise<Patches> {
      const patches = await dataset.read(index);
      const chosen = new Uint8Array(index.length * pixels);
      for (let k = 0; k < index.length; k++) {
        const at = index[k]! * pixels;
        chosen.set(masks.subarray(at, at + pixels), k * pixels);
      }
      return { ...patches, masks: chosen };
    },
    async close(): Promise<void> {},
  };
}
