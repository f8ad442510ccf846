import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../src/index.js';
import { expectClose, expectSteady, input, type Result, runNatively, runOn, seeds } from './backends.js';

const shapes = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }), fc.integer({ min: 1, max: 70 }))
  .map(([outer, n]) => [...outer, n]);

const SIZES: number[][] = [
  [301, 144],
  [3, 20_003],
  [20_000, 2],
];

describe('Softmax', () => {
  it('equals the cpu kernel', () => {
    fc.assert(
      fc.property(shapes, seeds, fc.boolean(), (shape, seed, special) => {
        const inputs = { logits: input(shape, seed, special) };
        const dim = shape.length - 1;
        expectClose(runNatively('Softmax', inputs, { dim }), runOn('cpu', 'Softmax', inputs, { dim }), 2e-6);
      }),
    );
  });

  it('gives the same bits on any number of threads, and nearly the same on any instruction set', () => {
    for (const shape of SIZES) {
      const inputs = { logits: input(shape, 3, false) };
      expectSteady(() => runNatively('Softmax', inputs, { dim: -1 }));
    }
  });
});

/** The kernel that only this backend has, by float64. */
function softmaxGrad(y: Result, dy: Result, n: number): Result {
  const values = new Float32Array(y.values.length);
  for (let row = 0; row < values.length; row += n) {
    let sum = 0;
    for (let i = row; i < row + n; i++) sum += y.values[i]! * dy.values[i]!;
    for (let i = row; i < row + n; i++) {
      // The difference in float32, which may overflow.
      values[i] = y.values[i]! * Math.fround(dy.values[i]! - Math.fround(sum));
    }
  }
  return { ...y, values };
}

describe('SoftmaxGrad', () => {
  it('is y (dy - Σ dy y)', () => {
    fc.assert(
      fc.property(shapes, seeds, fc.boolean(), (shape, seed, special) => {
        const n = shape.at(-1)!;
        const y = runOn('native', 'Softmax', { logits: input(shape, seed, false) }, { dim: -1 });
        const dy = { ...y, values: input(shape, seed + 1, special).values };
        const scale = special ? 1e33 : 1e-5;
        expectClose(runNatively('SoftmaxGrad', { y, dy }), softmaxGrad(y, dy, n), 1e-5, scale);
      }),
    );
  });

  it('gives the same bits on any number of threads, and nearly the same on any instruction set', () => {
    for (const shape of SIZES) {
      const inputs = { y: input(shape, 3, false), dy: input(shape, 4, false) };
      expectSteady(() => runNatively('SoftmaxGrad', inputs), 1e-5, 1e-3);
    }
  });

  it('rejects shapes that differ', () => {
    tf.setBackend('native');
    expect(() => runOn('native', 'SoftmaxGrad', { y: input([2, 3], 1), dy: input([3], 1) })).toThrow(
      'y and dy',
    );
  });
});

it('runs all pieces of tfjs logSoftmax natively', () => {
  const x = input([5, 17], 1, false);
  const on = (backend: string): Float32Array => {
    tf.setBackend(backend);
    return tf.tidy(
      () =>
        tf
          .logSoftmax(tf.tensor(x.values, [5, 17]))
          .dataSync()
          .slice() as Float32Array,
    );
  };
  const wanted = on('cpu');
  on('native').forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 5);
  });
});
