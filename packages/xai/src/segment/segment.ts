import type { Tensor3D } from '@tensorflow/tfjs-core';
import { checkOptions } from '../check-options.js';
import { XaiError } from '../errors.js';
import { requireTensor } from '../require.js';
import { checkSmallObjects, removeSmallObjects, type SmallObjectsOptions } from './small-objects.js';
import { smoothMaps } from './smooth.js';
import { chooseMapThreshold, type MapThresholdOptions } from './threshold.js';

/** Of {@link segment}. */
export interface SegmentOptions extends Partial<Omit<SmallObjectsOptions, 'size'>> {
  /**
   * Pixels at or above it count as tumour: a number for the whole data set (see `chooseMapThreshold`), or how to
   * choose it from the pixels of all maps given.
   */
  readonly threshold: number | MapThresholdOptions;
  /** Standard deviation of Gaussian smoothing before the threshold, in pixels. Default 0: none. */
  readonly smoothing?: number;
  /** Connected components of fewer pixels are cleared. Default 0: none. */
  readonly minimumArea?: number;
}

/**
 * Masks from attribution maps: smooth, cut at one threshold for all images, drop specks.
 *
 * @param maps `[B, H, W]`, raw and signed.
 * @returns `[B, H, W]` in row order, 1 where the map speaks for the class.
 * @throws XaiError as `smoothMaps`, `chooseMapThreshold` and `removeSmallObjects`; for a threshold or a map that
 *   is not a number, or an unknown option.
 */
export async function segment(maps: Tensor3D, options: SegmentOptions): Promise<Uint8Array> {
  const known = { threshold: true, smoothing: true, minimumArea: true, connectivity: true } as const;
  checkOptions<SegmentOptions>('segment', options, known, { sigma: "did you mean 'smoothing'?" });
  requireTensor('segment: maps', maps, '[B, H, W]');
  const { threshold: given, smoothing = 0, minimumArea = 0, connectivity = 8 } = options;
  if (typeof given !== 'number' && (typeof given !== 'object' || given === null)) {
    throw new XaiError(
      'option',
      `segment: threshold is ${given}; expected a number, or how to choose it: { method: 'otsu' }.`,
    );
  }
  if (Number.isNaN(given)) throw new XaiError('option', 'threshold is NaN; expected a number.');
  checkSmallObjects(minimumArea, connectivity);
  const smooth = smoothMaps(maps, smoothing);
  let values: Float32Array;
  try {
    values = (await smooth.data()) as Float32Array;
  } finally {
    smooth.dispose();
  }
  if (values.some(Number.isNaN))
    throw new XaiError('not-finite', 'The maps hold NaN: look for it in the images or weights.');
  const threshold = typeof given === 'number' ? given : chooseMapThreshold(values, given);
  const masks = Uint8Array.from(values, (value) => (value >= threshold ? 1 : 0));
  const [, height, width] = maps.shape;
  return minimumArea > 0
    ? removeSmallObjects(masks, { size: [height, width], minimumArea, connectivity })
    : masks;
}
