import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Elements } from '../addon-move.js';
import type { NativeBackend } from '../backend.js';

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * A tensor's elements; undefined where they are strings or complex numbers, or not of their dtype's own array,
 * which some kernels of the cpu backend do not care about.
 */
export function elementsOf(backend: NativeBackend, tensor: TensorInfo): Elements | undefined {
  const kind = ARRAYS[tensor.dtype as keyof typeof ARRAYS];
  if (!kind) return undefined;
  const values = backend.values(tensor);
  return values instanceof kind ? values : undefined;
}

/** A fresh tensor; of float32 it holds anything until a kernel has written it. */
export function blank(
  backend: NativeBackend,
  shape: number[],
  dtype: TensorInfo['dtype'],
): { info: TensorInfo; values: Elements } {
  if (dtype === 'float32') return backend.output(shape);
  const values = new ARRAYS[dtype as 'int32' | 'bool'](util.sizeFromShape(shape));
  return { info: backend.makeTensorInfo(shape, dtype, values), values };
}

/** Elements from one place of an axis to the next, row-major. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** A box of elements: where its first one lies, and the way to the next along each axis. */
export interface Place {
  readonly offset?: number;
  readonly strides: readonly number[];
}

/** Copies a box of the sizes from one place to another. */
export function copyBox(
  backend: NativeBackend,
  sizes: readonly number[],
  from: Elements,
  at: Place,
  to: Elements,
  into: Place,
): void {
  const layout = Int32Array.from([...sizes, ...into.strides, ...at.strides]);
  backend.addon.copyStrided(from, at.offset ?? 0, to, into.offset ?? 0, layout);
}

/** A fresh row-major tensor of the shape whose elements are read from a place in x. */
export function gathered(
  backend: NativeBackend,
  x: Elements,
  dtype: TensorInfo['dtype'],
  shape: number[],
  at: Place,
): TensorInfo {
  const { info, values } = blank(backend, shape, dtype);
  copyBox(backend, shape, x, at, values, { strides: stridesOf(shape) });
  return info;
}
