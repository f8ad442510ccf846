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
  const { name, length, height, width, labels, tumorPatch, slides } = dataset;
  const pixels = height * width;
  if (masks.length !== length * pixels) {
    throw new Error(
      `${name}: masks [n, ${height}, ${width}] has ${masks.length} values where ${length} patches need ${length * pixels}`,
    );
  }
  const wrong = masks.findIndex((value) => value > 1);
  if (wrong >= 0) {
    throw new Error(`${name}: mask ${Math.floor(wrong / pixels)} holds ${masks[wrong]}; expected 0 or 1`);
  }
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
