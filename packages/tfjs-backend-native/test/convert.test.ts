import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../src/index.js';
import { expectClose, expectSteady, type Input, input, runNatively, runOn, seeds } from './backends.js';

const shapes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 });
const large = [40_003];

function truths(shape: readonly number[], seed: number): Input {
  const values = Uint8Array.from(input(shape, seed).values, (v) => (v > 0 ? 1 : 0));
  return { shape, values, dtype: 'bool' };
}
function wholes(shape: readonly number[], seed: number): Input {
  return { shape, values: Int32Array.from(input(shape, seed, false).values, (v) => v * 1e4), dtype: 'int32' };
}

type Make = (shape: readonly number[], seed: number) => Input;
const KERNELS: [name: string, inputs: Record<string, Make>, attrs: object][] = [
  ['Cast', { x: input }, { dtype: 'int32' }],
  ['Cast', { x: input }, { dtype: 'bool' }],
  ['Cast', { x: wholes }, { dtype: 'float32' }],
  ['Cast', { x: truths }, { dtype: 'float32' }],
  ['IsFinite', { x: input }, {}],
  ['IsInf', { x: input }, {}],
  ['IsNan', { x: input }, {}],
  ['LogicalAnd', { a: truths, b: truths }, {}],
  ['LogicalOr', { a: truths, b: truths }, {}],
  ['LogicalNot', { x: truths }, {}],
  ['Select', { condition: truths, t: input, e: input }, {}],
  ['ZerosLike', { x: input }, {}],
  ['OnesLike', { x: input }, {}],
];

describe.each(KERNELS)('%s', (name, makers, attrs) => {
  const inputs = (shape: readonly number[], seed: number): Record<string, Input> =>
    Object.fromEntries(Object.entries(makers).map(([key, make], i) => [key, make(shape, seed + i)]));

  it('equals the cpu kernel', () => {
    fc.assert(
      fc.property(shapes, seeds, (shape, seed) => {
        const given = inputs(shape, seed);
        expectClose(runNatively(name, given, attrs), runOn('cpu', name, given, attrs), 0, 0);
      }),
    );
  });

  it('gives the same on any number of threads and instruction set', () => {
    expectSteady(() => runNatively(name, inputs(large, 3), attrs), 0, 0);
  });
});

it('casts large numbers as JavaScript does', () => {
  const values = Float32Array.of(
    3e9,
    -3e9,
    2147483648,
    -2147483648,
    4294967296,
    1e20,
    -1.9,
    3e38,
    Number.NaN,
  );
  const { values: got } = runNatively('Cast', { x: { shape: [9], values } }, { dtype: 'int32' });
  expect(got).toEqual(Int32Array.from(values));
});

describe('Select', () => {
  const t = input([3, 2], 1, false);
  const e = input([3, 2], 2, false);

  it('takes whole rows by a condition for each', () => {
    const condition: Input = { shape: [3], values: Uint8Array.of(1, 0, 1), dtype: 'bool' };
    const { values } = runNatively('Select', { condition, t, e });
    expect([...values]).toEqual([...t.values.slice(0, 2), ...e.values.slice(2, 4), ...t.values.slice(4)]);
  });

  it('takes all by one condition', () => {
    const condition: Input = { shape: [], values: Uint8Array.of(1), dtype: 'bool' };
    expect(runNatively('Select', { condition, t, e }).values).toEqual(t.values);
  });
});

describe('AddN', () => {
  it('equals the cpu kernel', () => {
    fc.assert(
      fc.property(shapes, seeds, fc.integer({ min: 1, max: 4 }), (shape, seed, count) => {
        const tensors = Array.from({ length: count }, (_, i) => input(shape, seed + i));
        expectClose(runNatively('AddN', tensors), runOn('cpu', 'AddN', tensors));
      }),
    );
  });
});

describe('Fill', () => {
  it('equals the cpu kernel', () => {
    const attrs = { shape: [3, 5], value: 2.5, dtype: 'float32' };
    expect(runNatively('Fill', {}, attrs)).toEqual(runOn('cpu', 'Fill', {}, attrs));
  });

  it('leaves other dtypes to the copied kernel', () => {
    const attrs = { shape: [3], value: 2, dtype: 'int32' };
    expect(runOn('native', 'Fill', {}, attrs)).toEqual(runOn('cpu', 'Fill', {}, attrs));
  });
});

it('never writes into the memory of a tensor in use', () => {
  tf.setBackend('native');
  tf.tidy(() => {
    const x = tf.fill([100, 100], 3);
    const sums = [tf.addN([x]), tf.addN([x, x]), tf.sum(tf.reshape(x, [100, 100, 1]), 2)];
    tf.fill([100, 100], 7);
    expect(sums.map((sum) => sum.dataSync()[9999])).toEqual([3, 6, 3]);
    expect(x.dataSync()[0]).toBe(3);
  });
});
