import { concat, slice, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { requireFiniteAsync } from './finite.js';

export interface InBatchesOptions {
  /** Images at a time. Default 32. */
  readonly batchSize?: number;
}

/**
 * Runs any attribution method over many images, some at a time, so that memory stays
 * bounded and the event loop (a page) is served between the batches. Checks on every
 * backend that the maps are finite.
 *
 * @param images `[N, H, W, C]`.
 * @param attribute from a batch of images and the index of its first one to maps `[B, h, w]`.
 * @returns `[N, h, w]`.
 * @example await inBatches(images, (batch) => gradCam(model, batch), { batchSize: 16 })
 */
export async function inBatches(
  images: Tensor4D,
  attribute: (batch: Tensor4D, first: number) => Tensor3D,
  { batchSize = 32 }: InBatchesOptions = {},
): Promise<Tensor3D> {
  const count = images.shape[0];
  if (count === 0) throw new Error('There are no images: the batch is empty.');
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new Error(`batchSize is ${batchSize}; expected a positive integer.`);
  }
  const parts: Tensor3D[] = [];
  try {
    for (let first = 0; first < count; first += batchSize) {
      const size = Math.min(batchSize, count - first);
      const batch = slice(images, [first, 0, 0, 0], [size, -1, -1, -1]);
      try {
        parts.push(attribute(batch, first));
      } finally {
        batch.dispose();
      }
      await requireFiniteAsync(parts.at(-1)!, `The attribution of the batch from image ${first} on`);
    }
    return concat(parts, 0);
  } finally {
    for (const part of parts) part.dispose();
  }
}
