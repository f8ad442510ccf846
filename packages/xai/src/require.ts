import { describeValue } from '@pcam/options';
import { hasGradients } from '@pcam/tfjs-gradients';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/** @throws Error for what is no batch of images: its shape, the order of its axes, its type. */
export function requireImages(images: Tensor4D): void {
  if (!Array.isArray(images?.shape)) {
    const kind = describeValue(images);
    const advice = kind === 'a promise' ? ': await it' : '';
    throw new Error(`Images are no tensor but ${kind}; expected [B, H, W, C]${advice}.`);
  }
  if (images.isDisposed) throw new Error('Images are disposed already: explain them before tf.dispose.');
  const shape: readonly number[] = images.shape;
  const expected = `Images are shaped [${shape}]; expected [B, H, W, C]`;
  if (shape.length === 3) throw new Error(`${expected}: of one image, pass tf.expandDims(image, 0).`);
  if (shape.length !== 4 || images.size === 0) throw new Error(`${expected} with at least one image.`);
  if (looksChannelsFirst(shape)) {
    throw new Error(`${expected}, channels last: pass tf.transpose(images, [0, 2, 3, 1]).`);
  }
  if (images.dtype === 'float32') return;
  throw new Error(
    `Images are ${images.dtype}; expected float32 in the range the model was trained on: pass tf.cast(images, 'float32'), divided by 255 for [0, 1].`,
  );
}

/** Signals are images of one row and many channels, so that a first axis of 1 tells nothing but in a square. */
function looksChannelsFirst([, first, rows, columns]: readonly number[]): boolean {
  const wide = rows! > 4 && columns! > 4;
  return wide && (first === 3 || first === 4 || (first === 1 && rows === columns));
}

/** @throws Error where tfjs cannot differentiate yet. */
export function requireGradients(): void {
  if (hasGradients()) return;
  throw new Error(
    "tfjs has no gradients registered: call useEngine() from @pcam/engine, or import '@tensorflow/tfjs', first.",
  );
}
