import { describeValue, isTensor } from '@pcam/options';
import { hasGradients } from '@pcam/tfjs-gradients';
import {
  getBackend,
  mul,
  sum,
  Tensor,
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { XaiError } from './errors.js';

/** @throws XaiError `images` for what is no batch of them: its shape, the order of its axes, its type. */
export function requireImages(images: Tensor4D): void {
  if (!Array.isArray(images?.shape)) {
    const kind = describeValue(images);
    const advice = kind === 'a promise' ? ': await it' : '';
    throw new XaiError('images', `Images are no tensor but ${kind}; expected [B, H, W, C]${advice}.`);
  }
  if (images.isDisposed)
    throw new XaiError('images', 'Images are disposed already: explain them before tf.dispose.');
  const shape: readonly number[] = images.shape;
  const expected = `Images are shaped [${shape}]; expected [B, H, W, C]`;
  if (shape.length === 3)
    throw new XaiError('images', `${expected}: of one image, pass tf.expandDims(image, 0).`);
  if (shape.length !== 4 || images.size === 0)
    throw new XaiError('images', `${expected} with at least one image.`);
  if (looksChannelsFirst(shape))
    throw new XaiError('images', `${expected}, channels last: pass tf.transpose(images, [0, 2, 3, 1]).`);
  if (images.dtype === 'float32') return;
  throw new XaiError(
    'images',
    `Images are ${images.dtype}; expected float32 in the range the model was trained on: pass tf.cast(images, 'float32'), divided by 255 for [0, 1].`,
  );
}

/** Signals are images of one row and many channels, so that a first axis of 1 tells nothing but in a square. */
function looksChannelsFirst([, first, rows, columns]: readonly number[]): boolean {
  const wide = rows! > 4 && columns! > 4;
  return wide && (first === 3 || first === 4 || (first === 1 && rows === columns));
}

/**
 * Refuses what is no tensor of these axes.
 *
 * @param what e.g. `segment: maps`.
 * @param axes e.g. `[B, H, W]`.
 */
export function requireTensor(what: string, value: unknown, axes: string): void {
  const rank = axes.split(',').length;
  if (value instanceof Tensor && value.rank === rank) return;
  throw new XaiError('shape', `${what} must be a tensor ${axes}, got ${describeValue(value)}.`);
}

/** Whether it is a tensor that was not disposed. */
export function isLivingTensor(value: unknown): value is Tensor {
  return isTensor(value) && !(value as unknown as Tensor).isDisposed;
}

/** @param example of one, e.g. `(images) => gradCam(model, images)`. */
export function requireFunction(what: string, value: unknown, example: string): void {
  if (typeof value === 'function') return;
  throw new XaiError(
    'option',
    `${what} must be a function, such as ${example}, got ${describeValue(value)}.`,
  );
}

/** @throws XaiError `no-gradient` where tfjs cannot differentiate yet. */
export function requireGradients(): void {
  if (hasGradients()) return;
  throw new XaiError(
    'no-gradient',
    "tfjs has no gradients registered: call useEngine() from @pcam/engine, or import '@tensorflow/tfjs', first.",
  );
}

/** Whether values can be had at once: the webgpu backend reads only asynchronously. */
export function readsAtOnce(): boolean {
  return getBackend() !== 'webgpu';
}

/**
 * Refuses maps that hold NaN or infinity, naming the first such image. Where nothing can be read at once this does
 * nothing, and `inBatches` checks.
 */
export function requireFinite(maps: Tensor3D, what: string): void {
  if (!readsAtOnce()) return;
  const marks = finiteMarks(maps);
  const values = marks.dataSync();
  marks.dispose();
  refuseInfinite(values, what);
}

/** As `requireFinite`, on every backend. */
export async function requireFiniteAsync(maps: Tensor3D, what: string): Promise<void> {
  const marks = finiteMarks(maps);
  try {
    refuseInfinite(await marks.data(), what);
  } finally {
    marks.dispose();
  }
}

/** 0 for a finite map, NaN for any other: one number an image to read, by kernels that every backend has. */
function finiteMarks(maps: Tensor3D): Tensor1D {
  return tidy(() => sum<Tensor1D>(mul(maps, 0), [1, 2]));
}

function refuseInfinite(marks: ArrayLike<number>, what: string): void {
  const index = Array.from(marks).findIndex((mark) => !Number.isFinite(mark));
  if (index < 0) return;
  throw new XaiError(
    'not-finite',
    `${what} is not finite for image ${index}: look for NaN or infinity in it or in the model's weights.`,
  );
}
