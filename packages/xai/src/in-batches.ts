import { concat, slice, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { checkOptions } from './check-options.js';
import { XaiError } from './errors.js';
import { requireFiniteAsync, requireFunction, requireTensor } from './require.js';

/** Of {@link inBatches}. */
export interface InBatchesOptions {
  /** Images at a time. Default 32. */
  readonly batchSize?: number;
}

/**
 * Runs any attribution method over many images, some at a time, so that memory stays
 * bounded and the event loop (a page) is served between the batches. Checks on every
 * backend that the maps are finite.
 *
 * @param images `[N, H, W, C]`; they stay the caller's.
 * @param attribute from a batch of images `[B, H, W, C]` to maps `[B, h, w]`. `first` is the index among all images of
 *   the batch's first one, for what else goes with the images: targets, baselines, file names.
 * @returns `[N, h, w]`.
 * @throws XaiError for no images, an unknown option, or what `attribute` returns if it is no maps of its batch or not finite.
 * @example await inBatches(images, (batch) => gradCam(model, batch), { batchSize: 16 })
 * @example
 * await inBatches(images, (batch, first) => {
 *   return gradCam(model, batch, { target: classes.slice(first, first + batch.shape[0]) });
 * });
 */
export async function inBatches(
  images: Tensor4D,
  attribute: (batch: Tensor4D, first: number) => Tensor3D,
  options: InBatchesOptions = {},
): Promise<Tensor3D> {
  checkOptions<InBatchesOptions>('inBatches', options, { batchSize: true });
  requireTensor('inBatches: images', images, '[N, H, W, C]');
  requireFunction('inBatches: attribute', attribute, '(batch) => gradCam(model, batch)');
  const { batchSize = 32 } = options;
  const count = images.shape[0];
  if (count === 0) throw new XaiError('images', 'There are no images: the batch is empty.');
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new XaiError('option', `batchSize is ${batchSize}; expected a positive integer.`);
  }
  const parts: Tensor3D[] = [];
  try {
    for (let first = 0; first < count; first += batchSize) {
      const size = Math.min(batchSize, count - first);
      const batch = slice(images, [first, 0, 0, 0], [size, -1, -1, -1]);
      try {
        const maps = attribute(batch, first);
        requireTensor('inBatches: what attribute returns', maps, '[B, h, w]');
        parts.push(maps);
        if (maps.shape[0] !== size) {
          throw new XaiError(
            'shape',
            `inBatches: attribute gave maps [${maps.shape}] for a batch of ${size} images.`,
          );
        }
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
