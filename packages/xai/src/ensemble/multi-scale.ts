import { describeValue } from '@pcam/options';
import { add, mul, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkOptions, isFrom0 } from '../check-options.js';
import { XaiError } from '../errors.js';
import { resizeImages, resizeMaps } from '../resize.js';
import { type Attribution, attributeAtFullSize, requireAttribution } from './attribution.js';

/** What {@link multiScaleMaps} averages over by default: smaller, as it is, larger. */
export const defaultScales: readonly number[] = [0.75, 1, 1.25];

/** Of {@link multiScaleMaps}. */
export interface MultiScaleOptions {
  /** Factors of the images' height and width. Default {@link defaultScales}. */
  readonly scales?: readonly number[];
  /** Scaled sizes are rounded to whole multiples of it, at least one: of the model's stride. Default 32. */
  readonly multiple?: number;
  /**
   * Weigh a map by its pixels per pixel of the image. An attribution that a mean over places or a gradient
   * spreads over the pixels is four times smaller in each pixel of an image twice as wide; weighted, all
   * scales count alike. Default true; false for methods whose values do not depend on the image's size.
   */
  readonly areaWeighted?: boolean;
}

/**
 * The mean of an attribution over scaled copies of the images, each map brought back to the images'
 * size: small structures show at the larger scales, context at the smaller ones. Bilinear both ways.
 *
 * @param images `[B, H, W, C]`; the model must take the scaled sizes.
 * @returns `[B, H, W]`. Scales that round to the same size count once.
 * @throws XaiError for no scales, or scales or multiples that are not positive.
 * @example multiScaleMaps((x) => dihedralMaps((y) => gradCam(model, y), x), images, { scales: [1, 1.5] })
 */
export function multiScaleMaps(
  attribute: Attribution,
  images: Tensor4D,
  options: MultiScaleOptions = {},
): Tensor3D {
  const known = { scales: true, multiple: true, areaWeighted: true } as const;
  checkOptions<MultiScaleOptions>('multiScaleMaps', options, known);
  requireAttribution('multiScaleMaps', attribute, images);
  const { scales = defaultScales, multiple = 32, areaWeighted = true } = options;
  const [, height, width] = images.shape;
  const sizes = sizesOf([height, width], scales, multiple);
  return tidy(() => {
    let total: Tensor3D | undefined;
    for (const size of sizes) {
      const before = total;
      total = tidy(() => {
        const maps = attributeAtFullSize(attribute, resizeImages(images, size));
        const weight = areaWeighted ? (size[0] * size[1]) / (height * width) : 1;
        const back = mul<Tensor3D>(resizeMaps(maps, [height, width]), weight / sizes.length);
        return before ? add<Tensor3D>(before, back) : back;
      });
      before?.dispose();
    }
    return total!;
  });
}

type Size = readonly [height: number, width: number];

function sizesOf([height, width]: Size, scales: readonly number[], multiple: number): Size[] {
  if (!Array.isArray(scales) || scales.length === 0) {
    throw new XaiError(
      'option',
      `There are no scales (${describeValue(scales)}): give at least one, such as [1].`,
    );
  }
  for (const scale of scales) {
    if (!(isFrom0(scale) && scale > 0)) {
      throw new XaiError('option', `Scale ${describeValue(scale)} is no positive number.`);
    }
  }
  if (!Number.isInteger(multiple) || multiple < 1) {
    throw new XaiError('option', `multiple is ${multiple}; expected a positive integer.`);
  }
  const rounded = (length: number) => Math.max(1, Math.round(length / multiple)) * multiple;
  const sizes = scales.map((scale): Size => [rounded(height * scale), rounded(width * scale)]);
  return [...new Map(sizes.map((size) => [size.join('×'), size])).values()];
}
