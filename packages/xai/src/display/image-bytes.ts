import { XaiError } from '../errors.js';
import { checkValues } from './check-values.js';

/**
 * An image in row order, `[H, W]`, `[H, W, 3]` or `[H, W, 4]`. Arrays of integers (of an ImageData, of a tensor made by
 * `tf.browser.fromPixels`) hold bytes, 0 to 255; Float32Array, Float64Array and plain numbers are in [0, 1].
 */
export type ImageValues =
  | Uint8Array
  | Uint8ClampedArray
  | Int32Array
  | Float32Array
  | Float64Array
  | readonly number[];

/** Of floats, what still rounds to the same byte as 0 or 1. */
const ROUNDING = 0.5 / 255;

/**
 * Where the red, green and blue byte (0 to 255, not rounded) of a pixel come from.
 *
 * @param pixels of the map that lies over the image.
 * @throws XaiError where the image has another size, or values that are neither bytes nor in [0, 1]; for an RGBA image
 *   that is not opaque, which a grey image of twice the map's height and width would pass for.
 */
export function imageBytes(image: ImageValues, pixels: number): (pixel: number, channel: number) => number {
  checkValues('overlay: the image', image);
  const channels = image.length / pixels;
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new XaiError(
      'shape',
      `overlay: an image of ${image.length} values does not fit a map of ${pixels}: expected 1, 3 or 4 values a pixel, of the same height and width.`,
    );
  }
  const floats = holdsFloats(image);
  if (floats) checkFloats(image);
  else checkBytes(image);
  const scale = floats ? 255 : 1;
  if (channels === 4) checkOpaque(image, scale);
  return (pixel, channel) => scale * image[channels * pixel + (channels === 1 ? 0 : channel)]!;
}

/** By its name, not its class: a test runner's or another frame's Float32Array is none of ours. */
function holdsFloats(image: ImageValues): boolean {
  return Array.isArray(image) || /^Float/.test((image as Float32Array)[Symbol.toStringTag]);
}

function checkFloats(image: ArrayLike<number>): void {
  for (let i = 0; i < image.length; i++) {
    if (image[i]! >= -ROUNDING && image[i]! <= 1 + ROUNDING) continue;
    throw new XaiError(
      'shape',
      `overlay: the image holds ${image[i]} at index ${i}; floats and plain numbers are in [0, 1]: divide by 255, or give bytes as Uint8Array.`,
    );
  }
}

function checkBytes(image: ArrayLike<number>): void {
  for (let i = 0; i < image.length; i++) {
    if (image[i]! >= 0 && image[i]! <= 255) continue;
    throw new XaiError(
      'shape',
      `overlay: the image holds ${image[i]} at index ${i}; integers are bytes, 0 to 255: scale it, or give floats in [0, 1].`,
    );
  }
}

function checkOpaque(image: ArrayLike<number>, scale: number): void {
  for (let i = 3; i < image.length; i += 4) {
    if (scale * image[i]! > 254) continue;
    throw new XaiError(
      'shape',
      `overlay: pixel ${(i - 3) / 4} of the RGBA image has alpha ${image[i]}; expected an opaque image of the map's size (a grey one of twice its height and width has as many values).`,
    );
  }
}
