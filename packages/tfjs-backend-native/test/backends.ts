import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { loadAddon } from '../src/addon.js';
import { kernelCounts, resetKernelCounts, setThreads, threads } from '../src/index.js';

type Values = Float32Array | Int32Array | Uint8Array;
export interface Input {
  readonly shape: readonly number[];
  readonly values: Values;
  readonly dtype?: tf.DataType;
}
export interface Result {
  readonly shape: number[];
  readonly dtype: tf.DataType;
  readonly values: Values;
}

/** What a kernel gives on a backend. */
export function runOn(
  backend: 'cpu' | 'native',
  kernel: string,
  inputs: Readonly<Record<string, Input>> | readonly Input[],
  attrs: object = {},
): Result {
  tf.setBackend(backend);
  return tf.tidy(() => {
    const tensor = ({ values, shape, dtype = 'float32' }: Input): tf.Tensor =>
      tf.tensor(values, shape as number[], dtype as 'float32');
    const tensors = Array.isArray(inputs)
      ? inputs.map(tensor)
      : Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, tensor(input)]));
    const result = tf
      .engine()
      .runKernel(kernel, tensors as tf.NamedTensorMap, attrs as tf.NamedAttrMap) as tf.Tensor;
    return { shape: result.shape, dtype: result.dtype, values: result.dataSync().slice() as Values };
  });
}

/** The native kernel's result, where it did run natively. */
export function runNatively(
  kernel: string,
  inputs: Readonly<Record<string, Input>> | readonly Input[],
  attrs: object = {},
): Result {
  resetKernelCounts();
  const result = runOn('native', kernel, inputs, attrs);
  const count = kernelCounts().get(kernel);
  if (count?.native !== 1 || count.copied !== 0) throw new Error(`${kernel} did not run natively`);
  return result;
}

/**
 * Runs f on 1, 2 and 3 threads and on every instruction set of this machine.
 * @throws Error unless the bits are the same on any number of threads, and nearly the same on any set.
 */
export function expectSteady(f: () => Result, relative?: number, absolute?: number): void {
  const before = threads();
  const bytes = ({ values }: Result): Buffer =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const one = f();
  try {
    for (const count of [1, 2, 3]) {
      setThreads(count);
      if (!bytes(one).equals(bytes(f()))) throw new Error(`other bits on ${count} threads`);
    }
  } finally {
    setThreads(before);
  }
  onInstructionSets(() => expectClose(f(), one, relative, absolute));
}

/** Calls f on every instruction set that this machine has. */
export function onInstructionSets(f: (name: string) => void): void {
  const addon = loadAddon();
  const before = addon.instructionSet();
  try {
    for (const name of ['portable', 'avx2', 'avx512']) if (addon.useInstructionSet(name)) f(name);
  } finally {
    addon.useInstructionSet(before);
  }
}

/** @throws Error at the first value that differs by more than `relative` of its size plus `absolute`. */
export function expectClose(got: Result, wanted: Result, relative = 1e-6, absolute = 1e-37): void {
  if (got.dtype !== wanted.dtype || String(got.shape) !== String(wanted.shape)) {
    throw new Error(`${got.dtype} [${got.shape}], wanted ${wanted.dtype} [${wanted.shape}]`);
  }
  wanted.values.forEach((value, i) => {
    const here = got.values[i]!;
    if (Object.is(here, value) || here === value) return;
    if (Number.isFinite(value) && Math.abs(here - value) <= absolute + relative * Math.abs(value)) return;
    throw new Error(`at ${i} of [${got.shape}]: ${here}, wanted ${value}`);
  });
}

const SPECIAL = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2,
  Number.NaN,
  Infinity,
  -Infinity,
  1e-40,
  3e38,
  -3e38,
  88,
  -104,
];

/** Ordinary values, a few specials among them, by a seed: fast-check shrinks sizes, not values. */
export function valuesOf(seed: number, count: number, special = true): Float32Array {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () =>
    special && next() < 0.1 ? SPECIAL[Math.floor(next() * SPECIAL.length)]! : (next() + next() - 1) * 8,
  );
}

export const seeds: fc.Arbitrary<number> = fc.integer({ min: 1, max: 2 ** 31 });

export function input(shape: readonly number[], seed: number, special = true): Input {
  return { shape, values: valuesOf(seed, tf.util.sizeFromShape(shape as number[]), special) };
}
