import { add, mul, reverse, type Tensor3D, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import { type Attribution, attributeAtFullSize, requireAttribution } from './attribution.js';

/** Flips up–down, flips left–right, transposition: any of the 8 symmetries is a choice of the three. */
const SYMMETRIES = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * The mean of an attribution over the 8 symmetries of the square, each map turned back onto the
 * image: what is left depends on the tissue and not on which way up it lies. The average of
 * a turned image is the turned average, exactly. Images that are not square are transposed too, so
 * the model must take both shapes.
 *
 * Maps must come at the images' size. There a reflection maps pixel x to W − 1 − x, wherever the layer's
 * cells lie, whereas on a layer's own grid it is off unless cells tile the image.
 *
 * @param images `[B, H, W, C]`.
 * @returns `[B, H, W]`.
 * @example await inBatches(images, (batch) => dihedralMaps((x) => gradCam(model, x), batch))
 */
export function dihedralMaps(attribute: Attribution, images: Tensor4D): Tensor3D {
  requireAttribution('dihedralMaps', attribute, images);
  return tidy(() => {
    let total: Tensor3D | undefined;
    for (const symmetry of SYMMETRIES) {
      const before = total;
      total = tidy(() => {
        const maps = attributeAtFullSize(attribute, turn(images, symmetry));
        const back = turnBack(maps, symmetry);
        return before ? add<Tensor3D>(before, back) : back.clone();
      });
      before?.dispose();
    }
    return mul(total!, 1 / SYMMETRIES.length);
  });
}

function turn(images: Tensor4D, symmetry: number): Tensor4D {
  const axes = flipped(symmetry);
  const flips = axes.length > 0 ? reverse(images, axes) : images;
  return symmetry & 4 ? (transpose(flips, [0, 2, 1, 3]) as Tensor4D) : flips;
}

function turnBack(maps: Tensor3D, symmetry: number): Tensor3D {
  const upright = symmetry & 4 ? (transpose(maps, [0, 2, 1]) as Tensor3D) : maps;
  const axes = flipped(symmetry);
  return axes.length > 0 ? reverse(upright, axes) : upright;
}

function flipped(symmetry: number): number[] {
  return [...(symmetry & 1 ? [1] : []), ...(symmetry & 2 ? [2] : [])];
}
