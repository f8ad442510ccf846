import { type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkOneOf, checkOptions, expectThat } from '../check-options.js';
import { smoothMaps } from '../segment/smooth.js';
import { type Attribution, requireAttribution } from './attribution.js';
import { dihedralMaps } from './dihedral.js';
import { multiScaleMaps } from './multi-scale.js';
import { paddedMaps } from './padded.js';

/** Of {@link averagedMaps}. */
export interface AveragedMapsOptions {
  /** `'dihedral'`: the mean over the 8 symmetries of the square (see `dihedralMaps`); `'one'`: as the image lies. Default `'dihedral'`. */
  readonly views?: 'one' | 'dihedral';
  /** Factors of the images' size to average over (see `multiScaleMaps`). Default: the size as it is. */
  readonly scales?: readonly number[] | undefined;
  /** Pixels of reflected image on each side, at least (see `paddedMaps`): so many that `stride` divides the larger image. Default 0. */
  readonly margin?: number;
  /** Standard deviation of Gaussian smoothing at the end, in pixels. Default 0: none. */
  readonly smoothing?: number;
  /** Sizes that the model takes are multiples of it. Default 1, which leaves the margin as it is. */
  readonly stride?: number;
}

/** Scaled images are no smaller than this but by a stride that does not divide it: what small images ask of networks. */
const LEAST = 32;

/**
 * An attribution averaged over views of the images: each view is continued by reflection, turned, scaled, its map
 * brought back, and the mean is smoothed. What all views say together draws better than one (see `pseudoMasks`).
 *
 * @param images `[B, H, W, C]`. @returns `[B, H, W]`.
 * @throws XaiError as `dihedralMaps`, `multiScaleMaps`, `paddedMaps` and `smoothMaps`; for unknown options.
 * @example averagedMaps((x) => gradCam(model, x), images, { margin: 16, stride: 32 })
 */
export function averagedMaps(
  attribute: Attribution,
  images: Tensor4D,
  options: AveragedMapsOptions = {},
): Tensor3D {
  const known = { views: true, scales: true, margin: true, smoothing: true, stride: true } as const;
  checkOptions<AveragedMapsOptions>('averagedMaps', options, known);
  requireAttribution('averagedMaps', attribute, images);
  const { views = 'dihedral', scales, margin = 0, smoothing = 0, stride = 1 } = options;
  checkOneOf('averagedMaps: views', views, ['one', 'dihedral']);
  expectThat(Number.isInteger(stride) && stride >= 1, 'averagedMaps: stride', stride, 'a positive integer');
  const padded: Attribution =
    margin === 0 ? attribute : (x) => paddedMaps(attribute, x, fittingMargin(x, margin, stride));
  const turned: Attribution = views === 'dihedral' ? (x) => dihedralMaps(padded, x) : padded;
  const multiple = LEAST % stride === 0 ? LEAST : stride;
  return tidy(() => {
    const maps = scales ? multiScaleMaps(turned, images, { scales, multiple }) : turned(images);
    return smoothMaps(maps, smoothing);
  });
}

/** The least margin from `margin` on whose larger image is whole strides; `margin` where there is none. */
function fittingMargin(images: Tensor4D, margin: number, stride: number): number {
  const [, height, width] = images.shape;
  for (let wider = margin; wider < margin + stride; wider++) {
    if ((height + 2 * wider) % stride === 0 && (width + 2 * wider) % stride === 0) return wider;
  }
  return margin;
}
