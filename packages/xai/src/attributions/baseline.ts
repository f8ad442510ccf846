import { scalar, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { XaiError } from '../errors.js';

/**
 * The image that stands for "nothing there": one value for all pixels (0 is black, 1 the white of a
 * slide without tissue), or an image `[H, W, C]` or one an image `[B, H, W, C]`.
 */
export type Baseline = number | Tensor;

/** A tensor that broadcasts against the images. To be called in a tidy. */
export function baselineTensor(baseline: Baseline, images: Tensor4D): Tensor {
  if (typeof baseline === 'number') return scalar(baseline);
  const padded = [...new Array<number>(Math.max(0, 4 - baseline.rank)).fill(1), ...baseline.shape];
  const fits =
    padded.length === 4 && padded.every((length, axis) => length === 1 || length === images.shape[axis]);
  if (fits) return baseline;
  throw new XaiError(
    'shape',
    `The baseline is shaped [${baseline.shape}], which does not fit images [${images.shape}].`,
  );
}
