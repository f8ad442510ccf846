import { checkKeys, describeValue } from '@pcam/options';
import {
  checkDataset,
  createLoader,
  type Dataset,
  disposeBatch,
  type MaskedDataset,
  withMasks,
} from '@pcam/pcam-data';
import { type Attribution, labelThreshold, pseudoMasks } from '@pcam/xai';
import { tidy } from '@tensorflow/tfjs-core';
import { checkBatch, checkMaps, checkValues } from './checks/batch.js';
import { yieldToEvents } from './yield.js';

export interface PseudoMaskedOptions {
  /** The patches that get masks. */
  readonly train: Dataset;
  /** Patches that the classifier was not trained on; their labels choose where maps are cut. */
  readonly valid: Dataset;
  /**
   * Maps of a classifier trained on labels, on any scale. The average over many views draws better than one view:
   * `(x) => dihedralMaps((y) => paddedMaps((z) => gradCam(model, z), y, 16), x)`.
   */
  readonly attribute: Attribution;
  /** Whether patches that metadata calls free of tumour are healthy throughout. Default true. */
  readonly tumorFree?: boolean;
  /** Default 32. */
  readonly batchSize?: number;
  /** Hears how many patches of both data sets are done. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface PseudoMasked {
  /** `train` with its pseudo-masks in the place of any other masks. */
  readonly dataset: MaskedDataset;
  /** Where maps were cut. */
  readonly threshold: number;
  /** Share of the pixels called tumour, in [0, 1]. */
  readonly tumourShare: number;
}

/**
 * Patches with masks that a classifier's maps and the labels make (see `pseudoMasks` of `@pcam/xai`), to train a
 * second network on: `attributionConstraint({ region: 'masks' })`, or `fitSegmentation`. No true mask takes part.
 * One byte a pixel is held in memory.
 *
 * @throws Error where `valid` has no positive patch, or a map is not finite; the signal's reason, once aborted.
 */
export async function pseudoMasked(options: PseudoMaskedOptions): Promise<PseudoMasked> {
  checkKeys<PseudoMaskedOptions>('pseudoMasked', options, {
    train: true,
    valid: true,
    attribute: true,
    tumorFree: true,
    batchSize: true,
    onProgress: true,
    signal: true,
  });
  const { train, valid, tumorFree = true } = options;
  checkDataset('pseudoMasked: train', train);
  checkDataset('pseudoMasked: valid', valid);
  if (typeof options.attribute !== 'function') {
    throw new Error(
      `pseudoMasked: attribute must be a function of images, (x) => gradCam(model, x), got ${describeValue(options.attribute)}`,
    );
  }
  const { height, width } = train;
  const size = [height, width] as const;
  const pixels = height * width;
  if (valid.height !== height || valid.width !== width) {
    throw new Error(
      `${valid.name} has patches of ${valid.height}×${valid.width}, ${train.name} of ${height}×${width}: give splits of one size.`,
    );
  }
  const total = valid.length + train.length;
  const choice = labelThreshold({ size });
  await eachMap(valid, options, (maps, index) => {
    choice.update(maps, at(valid.labels, index));
    options.onProgress?.(choice.length, total);
  });
  const threshold = choice.threshold();
  const masks = new Uint8Array(train.length * pixels);
  const { tumorPatch } = train;
  await eachMap(train, options, (maps, index) => {
    const known = {
      labels: at(train.labels, index),
      ...(tumorFree && tumorPatch && { tumorPatch: at(tumorPatch, index) }),
    };
    masks.set(pseudoMasks(maps, { size, threshold, ...known }), index[0]! * pixels);
    options.onProgress?.(valid.length + index.at(-1)! + 1, total);
  });
  const tumour = masks.reduce((sum, value) => sum + value, 0);
  return { dataset: withMasks(train, masks), threshold, tumourShare: tumour / masks.length };
}

/** The maps of all patches, in order. */
async function eachMap(
  dataset: Dataset,
  { attribute, batchSize = 32, signal }: PseudoMaskedOptions,
  use: (maps: Float32Array, index: Int32Array) => void,
): Promise<void> {
  for await (const batch of createLoader(dataset, { batchSize }).epoch(0)) {
    try {
      signal?.throwIfAborted();
      checkBatch('pseudoMasked', batch);
      if (batch.index[0] === 0) await checkValues('pseudoMasked', batch);
      const maps = tidy(() => attribute(batch.images));
      checkMaps('pseudoMasked', maps, batch.images);
      const values = (await maps.data()) as Float32Array;
      maps.dispose();
      use(values, batch.index);
    } finally {
      disposeBatch(batch);
    }
    await yieldToEvents();
  }
}

function at(values: Uint8Array, index: Int32Array): Uint8Array {
  return Uint8Array.from(index, (i) => values[i]!);
}
