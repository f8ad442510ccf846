import { createMover, createTinter, drawAugment } from './augment/augment.js';
import type { ResolvedLoaderOptions } from './batches-options.js';
import { readPatches } from './check-dataset.js';
import { createComposer, partnersOf } from './compose/compose.js';
import type { ComposeConfig } from './compose/config.js';
import type { Dataset } from './dataset.js';
import { centreLabel, tumorPatchOf } from './pcam.js';
import { epochOrder } from './sampling.js';
import { STREAM } from './sampling-random.js';

/** Which patches make a batch: everything a worker must know to make it. */
export interface BatchPlan {
  readonly epoch: number;
  /** Data-set indices, `[B]`. */
  readonly index: Int32Array;
  /** Where in the epoch the first of them stands; the others follow. */
  readonly position: number;
  /** Whether patches may be composed yet. */
  readonly composes: boolean;
}

/** A batch as plain arrays, before it becomes tensors. */
export interface BatchArrays {
  /** RGB in [0, 1], `[B, height, width, 3]`. */
  readonly images: Float32Array;
  /** 0 or 1, `[B]`. */
  readonly labels: Float32Array;
  /** 0 or 1, `[B, height, width]`. */
  readonly masks?: Float32Array;
  /** 0 or 1, `[B, height, width]`: the label of the patch that each pixel is of, where patches are composed. */
  readonly pixelLabels?: Float32Array;
  /** 0 or 1, `[B]`: whether any pixel of the stored patch, or of both, is tumour. */
  readonly tumorPatch?: Float32Array;
  readonly index: Int32Array;
}

export function batchesPerEpoch(length: number, options: ResolvedLoaderOptions): number {
  return options.dropLast ? Math.floor(length / options.batchSize) : Math.ceil(length / options.batchSize);
}

/** The plan of each batch of an epoch. @throws Error where patches are composed late, and of how many epochs is not told. */
export function planEpoch(
  labels: Uint8Array,
  options: ResolvedLoaderOptions,
  epoch: number,
  epochs?: number,
): (batch: number) => BatchPlan {
  const order = epochOrder(labels, options, epoch);
  const composes = options.compose !== null && epoch >= onset(options.compose, epochs);
  return (batch) => {
    const position = batch * options.batchSize;
    return { epoch, position, index: order.slice(position, position + options.batchSize), composes };
  };
}

/** The first epoch whose patches are composed. */
function onset({ from }: ComposeConfig, epochs: number | undefined): number {
  if (from === 0) return 0;
  if (epochs !== undefined) return Math.floor(from * epochs);
  throw new Error(
    'loader: compose.from is a share of the training; say of how many epochs: epoch(epoch, 0, epochs)',
  );
}

/**
 * Reads, checks, composes, augments and converts a planned batch: a pure function of (data, options, plan).
 *
 * Its function throws an Error where what the data set reads is not what it says of itself.
 */
export function createAssembler(
  dataset: Dataset,
  options: Pick<ResolvedLoaderOptions, 'augment' | 'compose' | 'seed'>,
): (plan: BatchPlan) => Promise<BatchArrays> {
  const { height, width, labels, tumorPatch: known } = dataset;
  const { augment, compose, seed } = options;
  const pixels = height * width;
  const move = createMover(height, width);
  const moveOther = createMover(height, width);
  const tint = createTinter(height, width);
  const mix = createComposer(height, width, seed);
  const partnerOf = compose && partnersOf(labels, compose, seed);

  return async ({ epoch, position, index, composes }) => {
    const n = index.length;
    const partners = partnerOf && index.map((i, k) => (composes ? partnerOf(epoch, position + k, i) : -1));
    const taken = partners?.filter((partner) => partner >= 0) ?? [];
    const read = Int32Array.from([...index, ...taken]);
    const patches = await readPatches(dataset, read);
    const tumour = known
      ? read.map((i) => known[i]!)
      : patches.masks && tumorPatchOf(patches.masks, read.length);
    const tumorPatch = tumour && Float32Array.from(tumour.subarray(0, n));
    const batch = {
      images: new Float32Array(n * pixels * 3),
      labels: Float32Array.from(index, (i) => labels[i]!),
      ...(patches.masks && { masks: new Float32Array(n * pixels) }),
      ...(partners && { pixelLabels: new Float32Array(n * pixels) }),
      ...(tumorPatch && { tumorPatch }),
      index,
    };
    const moved = (mover: typeof move, place: number, k: number, stream: number) => {
      const draw = drawAugment(augment, height === width, seed, epoch, position + k, stream);
      const image = patches.images.subarray(place * pixels * 3, (place + 1) * pixels * 3);
      return { draw, ...mover(draw, image, patches.masks?.subarray(place * pixels, (place + 1) * pixels)) };
    };
    for (let k = 0, next = n; k < n; k++) {
      const { draw, ...own } = moved(move, k, k, STREAM.augment);
      const label = labels[index[k]!]!;
      const partner = partners?.[k] ?? -1;
      if (partner < 0) {
        tint(draw, own.image, batch.images, k);
        if (own.mask) batch.masks?.set(own.mask, k * pixels);
        batch.pixelLabels?.fill(label, k * pixels, (k + 1) * pixels);
        continue;
      }
      const other = moved(moveOther, next++, k, STREAM.partnerAugment);
      const mixed = mix({ ...own, label }, { ...other, label: labels[partner]! }, epoch, position + k);
      // The colours of one draw: two would tell where one patch ends.
      tint(draw, mixed.image, batch.images, k);
      if (mixed.mask) batch.masks?.set(mixed.mask, k * pixels);
      batch.pixelLabels?.set(mixed.pixelLabels, k * pixels);
      batch.labels[k] = centreLabel(mixed.pixelLabels, height, width);
      if (tumorPatch) tumorPatch[k] = Math.max(tumorPatch[k]!, tumour![next - 1]!);
    }
    return batch;
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
