import { mirrorPad, slice, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { expectThat } from '../check-options.js';
import { type Attribution, attributeAtFullSize, requireAttribution } from './attribution.js';

/**
 * An attribution of images that are continued beyond their border by reflection, cut back to the image. Near the
 * border a convolutional network sees the zeros it pads with; where training never asked about those places (the
 * label of a PCam patch speaks of its centre only), its maps are arbitrary there, and a margin mends that.
 *
 * @param margin pixels on each side, less than the image's; about the layer's receptive field's radius, such that
 *   the model takes the larger images.
 * @param images `[B, H, W, C]`.
 * @returns `[B, H, W]`.
 * @throws XaiError for a margin that is no whole number from 0 to the image's size.
 */
export function paddedMaps(attribute: Attribution, images: Tensor4D, margin: number): Tensor3D {
  requireAttribution('paddedMaps', attribute, images);
  const [, height, width] = images.shape;
  const most = Math.min(height, width);
  const fits = Number.isInteger(margin) && margin >= 0 && margin <= most;
  expectThat(fits, 'margin', margin, `a whole number from 0 to ${most}`);
  return tidy(() => {
    const sides: [number, number] = [margin, margin];
    const continued = mirrorPad(images, [[0, 0], sides, sides, [0, 0]], 'symmetric') as Tensor4D;
    const maps = attributeAtFullSize(attribute, continued);
    return slice(maps, [0, margin, margin], [-1, height, width]);
  });
}
