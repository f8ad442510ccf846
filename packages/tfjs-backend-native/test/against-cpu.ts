import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { loadAddon } from '../src/addon.js';
import { kernelCounts, resetKernelCounts, setThreads, threads } from '../src/index.js';

export interface Given {
  readonly shape: number[];
  readonly values: ArrayLike<number>;
  readonly dtype?: 'float32' | 'int32' | 'bool';
}
export type Inputs = Record<string, Given> | Given[];
export interface Result {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: number[];
}

/** What a kernel makes of the inputs on one backend. */
export async function run(
  backend: 'cpu' | 'native',
  kernel: string,
  inputs: Inputs,
  attrs: object = {},
): Promise<Result[]> {
  await tf.setBackend(backend);
  return tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, values, dtype = 'float32' }]) => [
        name,
        tf.tensor(typed(values, dtype), shape, dtype),
      ]),
    );
    const given = Array.isArray(inputs) ? Object.values(tensors) : tensors;
    const results = tf.engine().runKernel(kernel, given as tf.NamedTensorMap, attrs as tf.NamedAttrMap);
    return [results].flat().map((t) => {
      const tensor = t as tf.Tensor;
      return { shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.dataSync()] };
    });
  });
}

/** On the native backend, in native code, with the same bits for any number of threads. */
export async function runNatively(kernel: string, inputs: Inputs, attrs: object = {}): Promise<Result[]> {
  const usual = threads();
  resetKernelCounts();
  const results: Result[][] = [];
  for (const count of [1, 2, 3]) {
    setThreads(count);
    results.push(await run('native', kernel, inputs, attrs));
  }
  setThreads(usual);
  expect(kernelCounts().get(kernel)).toEqual({ native: 3, copied: 0 });
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
  return results[0]!;
}

/** The same numbers as the cpu backend's kernel, to float32's accuracy, with both instruction sets. */
export async function expectLikeCpu(
  kernel: string,
  inputs: Inputs,
  attrs: object = {},
  tolerance = 1e-5,
): Promise<void> {
  const wanted = await run('cpu', kernel, inputs, attrs);
  const addon = loadAddon();
  const usual = addon.instructionSet();
  for (const set of new Set([usual, 'portable'])) {
    addon.useInstructionSet(set);
    const own = await runNatively(kernel, inputs, attrs);
    expectClose(own, wanted, tolerance);
  }
  addon.useInstructionSet(usual);
}

export function expectClose(own: Result[], wanted: Result[], tolerance = 1e-5): void {
  const frame = ({ shape, dtype }: Result): object => ({ shape, dtype });
  expect(own.map(frame)).toEqual(wanted.map(frame));
  wanted.forEach(({ values }, number) => {
    values.forEach((value, i) => {
      const got = own[number]!.values[i]!;
      const same = Object.is(got, value) || Math.abs(got - value) <= tolerance * (1 + Math.abs(value));
      if (!same) expect(got, `value ${i} of result ${number}`).toBe(value);
    });
  });
}

/** Numbers that look random and are the same in each run; whole ones make ties. */
export function numbers(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return (x - Math.floor(x)) * 4 - 2;
  });
}

export function given(shape: number[], seed = 1): Given {
  return { shape, values: numbers(tf.util.sizeFromShape(shape), seed) };
}

/** A tensor of the shape with few different values, so that there are ties, and now and then a special one. */
export function odd(
  shape: number[],
  specials: number[] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
): fc.Arbitrary<Given> {
  return fc.nat(1e6).map((seed) => {
    const rare = [-0, ...specials];
    const draws = numbers(tf.util.sizeFromShape(shape), seed);
    const values = draws.map((x, i) => {
      const dice = Math.floor((x + 2) * 1e4) % 16;
      if (dice === 0) return rare[(i + seed) % rare.length]!;
      return dice < 9 ? Math.round(x) : x;
    });
    return { shape, values };
  });
}

export const upTo = (max: number, min = 1): fc.Arbitrary<number> => fc.integer({ min, max });

/** Padding by name, by number, or by side. */
export const padding: fc.Arbitrary<'same' | 'valid' | number | [number, number][]> = fc.oneof(
  fc.constantFrom<'same' | 'valid'>('same', 'valid'),
  fc.nat(2),
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)).map(([t, b, l, r]): [number, number][] => [
    [0, 0],
    [t, b],
    [l, r],
    [0, 0],
  ]),
);

export const RUNS = { numRuns: 80, seed: 11 };

function typed(values: ArrayLike<number>, dtype: string): tf.TypedArray {
  if (dtype === 'int32') return Int32Array.from(values);
  if (dtype === 'bool') return Uint8Array.from(values);
  return Float32Array.from(values);
}
