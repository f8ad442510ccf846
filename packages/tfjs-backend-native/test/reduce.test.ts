import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../src/index.js';
import { reductionSteps } from '../src/kernels/reduce.js';
import { expectClose, expectSteady, input, runNatively, runOn, seeds, valuesOf } from './backends.js';

/** Any shape and any of its axes. */
const reductions = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(17, 40)), { minLength: 1, maxLength: 5 })
  .filter((shape) => tf.util.sizeFromShape(shape) < 20_000)
  .chain((shape) => fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, axis) => axis))));

const PATTERNS: [shape: number[], axes: number[]][] = [
  [[40_003], [0]],
  [[3, 20_011], [1]],
  [[300, 144], [1]],
  [[20_000, 3], [1]],
  [[20_000, 3], [0]],
  [
    [5, 21, 21, 67],
    [0, 1, 2],
  ],
  [
    [5, 21, 21, 67],
    [1, 2],
  ],
  [
    [5, 21, 21, 67],
    [0, 3],
  ],
  [[2, 30_001], [0]],
  [
    [40, 7, 30, 5],
    [1, 3],
  ],
];

describe.each(['Max', 'Mean', 'Min', 'Prod', 'Sum'])('%s', (name) => {
  const attrs = (axes: number[], keepDims: boolean): object => ({
    [name === 'Max' ? 'reductionIndices' : 'axis']: axes,
    keepDims,
  });

  it('equals the cpu kernel', () => {
    fc.assert(
      fc.property(reductions, seeds, fc.boolean(), fc.boolean(), ([shape, axes], seed, keepDims, special) => {
        const inputs = { x: input(shape, seed, special) };
        const given = attrs(axes, keepDims);
        const count = tf.util.sizeFromShape(axes.map((axis) => shape[axis]!));
        // Where a long product overflows depends on its order.
        fc.pre(name !== 'Prod' || count <= 20);
        // Two infinities of a sum, or huge values of the cpu kernel's, may cancel only in one order.
        const absolute = special ? 1e31 : 1e-5;
        expectClose(runNatively(name, inputs, given), runOn('cpu', name, inputs, given), 1e-5, absolute);
      }),
    );
  });

  it('gives the same bits on any number of threads, and nearly the same on any instruction set', () => {
    for (const [shape, axes] of PATTERNS) {
      const inputs = { x: input(shape, 3, false) };
      expectSteady(() => runNatively(name, inputs, attrs(axes, true)), 1e-5, 1e-4);
    }
  });
});

describe.each(['Sum', 'Mean'])('%s', (name) => {
  it('loses no more than the rounding of its result', () => {
    for (const [shape, axes] of PATTERNS.filter(([, axes]) => axes.length !== 2)) {
      // Far from zero, so that a running float32 sum would lose much.
      const values = valuesOf(9, tf.util.sizeFromShape(shape), false).map((v) => v + 1000);
      const { values: got } = runNatively(name, { x: { shape, values } }, { axis: axes, keepDims: false });
      const exact = exactSums(shape, values, axes);
      const count = values.length / exact.length;
      got.forEach((value, i) => {
        const wanted = name === 'Mean' ? exact[i]! / count : exact[i]!;
        expect(Math.abs(value / wanted - 1)).toBeLessThan(6.1e-8);
      });
    }
  });
});

/** Over one run of neighbouring axes, in float64. */
function exactSums(shape: number[], values: ArrayLike<number>, axes: number[]): Float64Array {
  const inner = tf.util.sizeFromShape(shape.slice(axes.at(-1)! + 1));
  const length = tf.util.sizeFromShape(axes.map((axis) => shape[axis]!));
  const sums = new Float64Array(values.length / length);
  for (let i = 0; i < values.length; i++) {
    sums[Math.floor(i / (length * inner)) * inner + (i % inner)]! += values[i]!;
  }
  return sums;
}

describe.each(['ArgMax', 'ArgMin'])('%s', (name) => {
  it('equals the cpu kernel', () => {
    fc.assert(
      fc.property(reductions, seeds, fc.nat(4), ([shape], seed, axis) => {
        const inputs = { x: input(shape, seed) };
        // Ties: the first counts.
        for (let i = 2; i < inputs.x.values.length; i += 3) inputs.x.values[i] = inputs.x.values[i - 2]!;
        const given = { axis: axis % shape.length };
        expect(runNatively(name, inputs, given)).toEqual(runOn('cpu', name, inputs, given));
      }),
    );
  });

  it('gives the same on any number of threads', () => {
    const inputs = { x: input([200, 301], 3) };
    expectSteady(() => runNatively(name, inputs, { axis: 1 }));
  });
});

it('takes neighbouring axes in one step', () => {
  expect(reductionSteps([32, 48, 48, 64], [0, 1, 2])).toEqual([{ outer: 1, length: 73728, inner: 64 }]);
  expect(reductionSteps([32, 48, 1, 64], [0, 3])).toEqual([
    { outer: 32 * 48, length: 64, inner: 1 },
    { outer: 1, length: 32, inner: 48 },
  ]);
  expect(reductionSteps([1, 5], [0])).toEqual([]);
});

it('leaves empty tensors to the copied kernel', () => {
  const x = { shape: [0, 3], values: new Float32Array(0) };
  expect(runOn('native', 'Sum', { x }, { axis: [0] })).toEqual(runOn('cpu', 'Sum', { x }, { axis: [0] }));
});
