import {
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tensor1d,
  tensor3d,
  tensor4d,
} from '@tensorflow/tfjs-core';
import { type BatchArrays, batchesPerEpoch, checkPlace, createAssembler, planEpoch } from './batches.js';
import { type LoaderOptions, resolveLoaderOptions } from './batches-options.js';
import type { Dataset } from './dataset.js';

/** One step's input. Whoever takes it disposes it (`disposeBatch`). */
export interface Batch {
  /** float32 `[B, H, W, 3]`, RGB in [0, 1]. */
  readonly images: Tensor4D;
  /** float32 `[B]`, 0 or 1. */
  readonly labels: Tensor1D;
  /** float32 `[B, H, W]`, 0 or 1. */
  readonly masks?: Tensor3D;
  /** float32 `[B, H, W]`, 0 or 1: the label of the patch that each pixel is of, where the loader composes patches. */
  readonly pixelLabels?: Tensor3D;
  /**
   * float32 `[B]`, 1 where any pixel of the stored patch, before augmentation, is tumour; where metadata tells or
   * the data set has masks. Where it is 0, the whole patch is healthy, which a label of 0 does not say.
   */
  readonly tumorPatch?: Tensor1D;
  /** Where in the data set each patch stands, `[B]`. */
  readonly index: Int32Array;
}

/**
 * Batches, epoch after epoch. What an epoch yields depends on (seed, epoch, batch
 * number) alone, so `epoch(e, from)` resumes exactly where an interrupted run stopped.
 */
export interface Loader {
  readonly dataset: Dataset;
  readonly batchSize: number;
  /** Batches in one epoch. */
  readonly batchesPerEpoch: number;
  /**
   * The batches of one epoch.
   *
   * @param epoch from 0.
   * @param from the first batch wanted, 0 by default.
   * @param epochs of the whole training, for what sets in at a share of it (`compose.from`).
   */
  epoch(epoch: number, from?: number, epochs?: number): AsyncIterable<Batch>;
  /** Ends what works for it, such as threads; the data set stays open. */
  close(): Promise<void>;
}

/** A {@link Loader} that tells its seed, so that a place in its stream can be saved. */
export interface SeededLoader extends Loader {
  readonly seed: number;
}

/** A place in the stream of batches: the next one to be taken. Plain values, ready for JSON. */
export interface LoaderState {
  readonly seed: number;
  readonly epoch: number;
  readonly batch: number;
}

/** A batch of an endless stream, and the place after it. */
export interface Step {
  readonly batch: Batch;
  readonly epoch: number;
  /** What to save with a checkpoint made after this batch. */
  readonly next: LoaderState;
}

/**
 * A loader on this thread (in Node, `createWorkerLoader` does the same work, with the same
 * result, off the main thread). It holds nothing but its options: any batch of any epoch
 * can be asked for at any time.
 *
 * @throws Error for what is no data set, or naming an option that is unknown or out of range; while it is read, where
 *   `read` gives anything but bytes, labels and masks of the length, values and order that were asked for.
 */
export function createLoader(dataset: Dataset, options: LoaderOptions = {}): SeededLoader {
  const resolved = resolveLoaderOptions(dataset, options);
  const assemble = createAssembler(dataset, resolved);
  const batches = batchesPerEpoch(dataset.length, resolved);
  return {
    dataset,
    seed: resolved.seed,
    batchSize: resolved.batchSize,
    batchesPerEpoch: batches,
    epoch(epoch, from = 0, epochs?: number) {
      checkPlace(epoch, from, batches);
      const plan = planEpoch(dataset.labels, resolved, epoch, epochs);
      return (async function* () {
        for (let b = from; b < batches; b++) yield toBatch(await assemble(plan(b)), dataset);
      })();
    },
    async close() {},
  };
}

/**
 * Epoch after epoch without end, from a saved place on: what follows is what an
 * uninterrupted run would have seen.
 *
 * @throws Error where the state belongs to another seed.
 */
export async function* resume(loader: SeededLoader, state?: LoaderState): AsyncGenerator<Step, never> {
  const { seed } = loader;
  if (state && state.seed !== seed) {
    throw new Error(`loader: the saved state has seed ${state.seed}, this loader ${seed}; use the same seed`);
  }
  let from = state?.batch ?? 0;
  for (let epoch = state?.epoch ?? 0; ; epoch++, from = 0) {
    let b = from;
    for await (const batch of loader.epoch(epoch, from)) {
      const last = ++b === loader.batchesPerEpoch;
      yield { batch, epoch, next: { seed, epoch: last ? epoch + 1 : epoch, batch: last ? 0 : b } };
    }
  }
}

/** Frees the tensors of a batch. */
export function disposeBatch(batch: Batch): void {
  batch.images.dispose();
  batch.labels.dispose();
  batch.masks?.dispose();
  batch.pixelLabels?.dispose();
  batch.tumorPatch?.dispose();
}

/** Arrays to tensors; the arrays belong to the tensors from then on. */
export function toBatch(
  arrays: BatchArrays,
  size: { readonly height: number; readonly width: number },
): Batch {
  const { images, labels, masks, pixelLabels, tumorPatch, index } = arrays;
  const { height, width } = size;
  const n = index.length;
  return {
    images: tensor4d(images, [n, height, width, 3]),
    labels: tensor1d(labels),
    ...(masks && { masks: tensor3d(masks, [n, height, width]) }),
    ...(pixelLabels && { pixelLabels: tensor3d(pixelLabels, [n, height, width]) }),
    ...(tumorPatch && { tumorPatch: tensor1d(tumorPatch) }),
    index,
  };
}
