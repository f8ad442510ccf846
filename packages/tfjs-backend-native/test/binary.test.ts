import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../src/index.js';
import { broadcast } from '../src/kernels/broadcast.js';
import { expectClose, expectSteady, type Input, input, runNatively, runOn, seeds } from './backends.js';

const ARITHMETIC = 'Add Maximum Minimum Multiply Pow RealDiv SquaredDifference Sub'.split(' ');
const COMPARISONS = 'Equal Greater GreaterEqual Less LessEqual NotEqual'.split(' ');

/** What the operands are called, and whether they may be broadcast. */
const KERNELS: [name: string, left: string, right: string, broadcasts: boolean][] = [
  ...[...ARITHMETIC, ...COMPARISONS].map((name): [string, string, string, boolean] => [name, 'a', 'b', true]),
  ['Prelu', 'x', 'alpha', true],
  ['EluGrad', 'dy', 'y', false],
];

type Pair = [a: number[], b: number[]];

/** Two shapes that fit: each dimension of either may be 1, and leading ones may be absent. */
const pairs: fc.Arbitrary<Pair> = fc
  .tuple(
    fc.array(
      fc.tuple(
        fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constantFrom(16, 33)),
        fc.integer({ min: 0, max: 3 }),
      ),
      { maxLength: 5 },
    ),
    fc.nat(5),
    fc.nat(5),
  )
  .map(([dims, dropA, dropB]): Pair => {
    const a = dims.map(([size, kind]) => (kind === 1 ? 1 : size));
    const b = dims.map(([size, kind]) => (kind === 2 ? 1 : size));
    return dropA > dropB ? [a.slice(dropA - dropB), b] : [a, b.slice(dropB - dropA)];
  })
  .filter(([a, b]) => tf.util.sizeFromShape(tf.broadcast_util.assertAndGetBroadcastShape(a, b)) < 1000);

/** The job's own patterns, large enough for several threads, and rows that are short, odd and long. */
const PATTERNS: Pair[] = [
  [[40_001], [40_001]],
  [[40_001], []],
  [[], [40_001]],
  [[800, 3, 17], [17]],
  [[13_001, 3], [3]],
  [
    [13_001, 3],
    [13_001, 1],
  ],
  [
    [601, 67],
    [601, 1],
  ],
  [
    [2, 1, 1, 65],
    [1, 18, 19, 1],
  ],
  [
    [8, 1, 1, 65],
    [8, 9, 9, 65],
  ],
  [
    [1, 7, 2],
    [4001, 7, 1],
  ],
];

describe.each(KERNELS)('%s', (name, left, right, broadcasts) => {
  const named = (a: Input, b: Input): Record<string, Input> => ({ [left]: a, [right]: b });
  const inputs = ([a, b]: Pair, seed: number): Record<string, Input> => {
    const one = input(a, seed);
    const other = input(broadcasts ? b : a, seed + 1);
    // Some values equal, for comparisons.
    for (let i = 0; i < other.values.length; i += 3) other.values[i] = one.values[i % one.values.length]!;
    return named(one, other);
  };

  it('equals the cpu kernel', () => {
    fc.assert(
      fc.property(pairs, seeds, (shapes, seed) => {
        const both = inputs(shapes, seed);
        expectClose(runNatively(name, both), runOn('cpu', name, both));
      }),
      { numRuns: 100, seed: 11 },
    );
  });

  it('equals it at the shapes of the job', () => {
    for (const shapes of PATTERNS) {
      const both = inputs(shapes, 5);
      expectClose(runNatively(name, both), runOn('cpu', name, both));
    }
  });

  it('gives the same bits on any number of threads, and nearly the same on any instruction set', () => {
    for (const shapes of PATTERNS) {
      const both = inputs(shapes, 7);
      expectSteady(() => runNatively(name, both));
    }
  });
});

it.each<Pair>([
  [
    [1 << 10, 1027],
    [1 << 10, 1027],
  ],
  [[16_384, 72], [72]],
  [
    [16_000, 67],
    [16_000, 1],
  ],
])('writes large results past the caches, and right: %j and %j', (a, b) => {
  const both = { a: input(a, 5), b: input(b, 6) };
  const { values } = runNatively('Add', both);
  const columns = b.length === 2 && b[1] === 1 ? 1 : 0;
  const wrong = values.findIndex((value, i) => {
    const other = both.b.values[columns ? Math.floor(i / a[1]!) : i % both.b.values.length]!;
    return !Object.is(value + 0, Math.fround(both.a.values[i]! + other) + 0);
  });
  expect(wrong).toBe(-1);
});

it('groups dimensions in which the same operand repeats', () => {
  expect([...broadcast([8, 1, 1, 64], [8, 9, 9, 64]).groups]).toEqual([8, 0, 81, 2, 64, 0]);
  expect([...broadcast([2, 3, 4], [4]).groups]).toEqual([6, 1, 4, 0]);
  expect([...broadcast([1, 1], []).groups]).toEqual([1, 0]);
  expect(() => broadcast([2, 3], [2])).toThrow('could not be broadcast');
});

it('reads whole numbers that a cast of the cpu backend calls float32', () => {
  const x = { shape: [3], values: Int32Array.of(1, 2, 3), dtype: 'int32' as const };
  expect([...runOn('native', 'Cast', { x }, { dtype: 'float32' }).values]).toEqual([1, 2, 3]);
});
