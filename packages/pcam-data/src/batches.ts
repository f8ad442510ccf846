import { type Augmenter, createAugmenter, drawAugment } from './augment/augment.js';
import type { ResolvedLoaderOptions } from './batches-options.js';
import { readPatches } from './check-dataset.js';
import type { Dataset } from './dataset.js';
import { tumorPatchOf } from './pcam.js';
import { epochOrder } from './sampling.js';

/** Which patches make a batch: everything a worker must know to make it. */
export interface BatchPlan {
  readonly epoch: number;
  /** Data-set indices, `[B]`. */
  readonly index: Int32Array;
  /** Where in the epoch the first of them stands; the others follow. */
  readonly position: number;
}

/** A batch as plain arrays, before it becomes tensors. */
export interface BatchArrays {
  /** RGB in [0, 1], `[B, height, width, 3]`. */
  readonly images: Float32Array;
  /** 0 or 1, `[B]`. */
  readonly labels: Float32Array;
  /** 0 or 1, `[B, height, width]`. */
  readonly masks?: Float32Array;
  /** 0 or 1, `[B]`: whether any pixel of the stored patch is tumour. */
  readonly tumorPatch?: Float32Array;
  readonly index: Int32Array;
}

export function batchesPerEpoch(length: number, options: ResolvedLoaderOptions): number {
  return options.dropLast ? Math.floor(length / options.batchSize) : Math.ceil(length / options.batchSize);
}

/** The plan of each batch of an epoch. */
export function planEpoch(
  labels: Uint8Array,
  options: ResolvedLoaderOptions,
  epoch: number,
): (batch: number) => BatchPlan {
  const order = epochOrder(labels, options, epoch);
  return (batch) => {
    const position = batch * options.batchSize;
    return { epoch, position, index: order.slice(position, position + options.batchSize) };
  };
}

/**
 * Reads, checks, augments and converts a planned batch: a pure function of (data, options, plan).
 *
 * Its function throws an Error where what the data set reads is not what it says of itself.
 */
export function createAssembler(
  dataset: Dataset,
  options: Pick<ResolvedLoaderOptions, 'augment' | 'seed'>,
): (plan: BatchPlan) => Promise<BatchArrays> {
  const { height, width, tumorPatch: known } = dataset;
  const pixels = height * width;
  const augmenter: Augmenter = createAugmenter(height, width);
  return async (plan) => {
    const patches = await readPatches(dataset, plan.index);
    const n = plan.index.length;
    const images = new Float32Array(n * pixels * 3);
    const masks = patches.masks && new Float32Array(n * pixels);
    for (let k = 0; k < n; k++) {
      const draw = drawAugment(
        options.augment,
        height === width,
        options.seed,
        plan.epoch,
        plan.position + k,
      );
      const image = patches.images.subarray(k * pixels * 3, (k + 1) * pixels * 3);
      const mask = patches.masks?.subarray(k * pixels, (k + 1) * pixels);
      augmenter.apply(draw, image, images, k, mask, masks);
    }
    const tumorPatch = known
      ? plan.index.map((i) => known[i]!)
      : patches.masks && tumorPatchOf(patches.masks, n);
    return {
      images,
      labels: Float32Array.from(patches.labels),
      ...(masks && { masks }),
      ...(tumorPatch && { tumorPatch: Float32Array.from(tumorPatch) }),
      index: plan.index,
    };
  };
}

/** @throws RangeError where there is no such epoch or batch. */
export function checkPlace(epoch: number, from: number, batches: number): void {
  if (!Number.isSafeInteger(epoch) || epoch < 0) {
    throw new RangeError(`loader: epoch must be a whole number from 0 on, got ${epoch}`);
  }
  if (!Number.isInteger(from) || from < 0 || from > batches) {
    throw new RangeError(`loader: no batch ${from}; an epoch has ${batches}`);
  }
}
