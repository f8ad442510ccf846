import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../src/index.js';
import { expectClose, expectSteady, input, runNatively, runOn, seeds } from './backends.js';

const PLAIN = (
  'Abs Ceil Cos Elu Erf Exp Expm1 Floor Log Log1p Neg Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign ' +
  'Sin Softplus Sqrt Square Tanh'
).split(' ');

const KERNELS: [name: string, attrs: object][] = [
  ...PLAIN.map((name): [string, object] => [name, {}]),
  ['ClipByValue', { clipValueMin: -0.7, clipValueMax: 1.3 }],
  ['LeakyRelu', { alpha: 0.3 }],
  ['Step', { alpha: 0.25 }],
];

/** Where tfjs's own formula is that far off, and ours is not (test/transcendental.test.ts). */
const OFF: Readonly<Record<string, number>> = { Erf: 3e-7, Softplus: 1e-5 };

const shapes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 });

describe.each(KERNELS)('%s', (name, attrs) => {
  it('equals the cpu kernel', () => {
    fc.assert(
      fc.property(shapes, seeds, (shape, seed) => {
        const inputs = { x: input(shape, seed) };
        expectClose(runNatively(name, inputs, attrs), runOn('cpu', name, inputs, attrs), 1e-6, OFF[name]);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it('gives the same bits on any number of threads, and nearly the same on any instruction set', () => {
    const inputs = { x: input([3, 7, 1999], 11) };
    expectSteady(() => runNatively(name, inputs, attrs));
  });
});

it('writes large results past the caches, and right', () => {
  const x = input([1 << 10, 1027], 5);
  expectClose(runNatively('Relu', { x }), runOn('cpu', 'Relu', { x }), 0, 0);
});

it('leaves whole numbers to the copied kernel', () => {
  const x = { shape: [3], values: Int32Array.of(-1, 0, 2), dtype: 'int32' as const };
  expect(runOn('native', 'Relu', { x })).toEqual(runOn('cpu', 'Relu', { x }));
});
