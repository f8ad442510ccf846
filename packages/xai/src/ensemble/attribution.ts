import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { XaiError } from '../errors.js';
import { requireFunction, requireTensor } from '../require.js';

/** Any attribution method on a batch: images `[B, H, W, C]` to maps `[B, H, W]`, e.g. `(x) => gradCam(model, x)`. */
export type Attribution = (images: Tensor4D) => Tensor3D;

/** @param where what takes them, e.g. `dihedralMaps`. */
export function requireAttribution(where: string, attribute: Attribution, images: Tensor4D): void {
  requireFunction(`${where}: attribute`, attribute, '(images) => gradCam(model, images)');
  requireTensor(`${where}: images`, images, '[B, H, W, C]');
}

/** A map that is averaged with others must lie on its image's pixels: a coarse grid may be off by part of a cell. */
export function attributeAtFullSize(attribute: Attribution, images: Tensor4D): Tensor3D {
  const maps = attribute(images);
  requireTensor('What the attribution returns', maps, '[B, H, W]');
  const [batch, height, width] = images.shape;
  if (maps.shape[0] === batch && maps.shape[1] === height && maps.shape[2] === width) {
    return maps;
  }
  throw new XaiError(
    'shape',
    `The attribution of images [${images.shape}] is shaped [${maps.shape}]; averaging needs maps of the images' size (resize: true).`,
  );
}
