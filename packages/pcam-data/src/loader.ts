import type { Tensor1D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Dataset } from './dataset.js';

/** One step's input. Whoever takes it disposes it (`disposeBatch`). */
export interface Batch {
  /** float32 `[B, H, W, 3]`, RGB in [0, 1]. */
  readonly images: Tensor4D;
  /** float32 `[B]`, 0 or 1. */
  readonly labels: Tensor1D;
  /** float32 `[B, H, W]`, 0 or 1. */
  readonly masks?: Tensor3D;
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
  /** @param from the first batch wanted, 0 by default. */
  epoch(epoch: number, from?: number): AsyncIterable<Batch>;
  close(): Promise<void>;
}
