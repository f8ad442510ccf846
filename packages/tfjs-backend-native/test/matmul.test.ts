import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectClose, expectLikeCpu, given, numbers, odd, run, runNatively, upTo } from './against-cpu.js';

const products = fc.record({
  aBatch: fc.constantFrom([], [1], [3], [2, 2], [5]),
  bBatch: fc.constantFrom([], [1]),
  swap: fc.boolean(),
  m: upTo(40, 0),
  n: upTo(40, 0),
  k: upTo(40, 0),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  seed: fc.nat(1e6),
});

const matrix = (rows: number, columns: number, transposed: boolean): number[] =>
  transposed ? [columns, rows] : [rows, columns];

test('products of any sizes, batches and transpositions are those of the cpu backend', async () => {
  await fc.assert(
    fc.asyncProperty(products, async ({ aBatch, bBatch, swap, m, n, k, transposeA, transposeB, seed }) => {
      const [left, right] = swap ? [bBatch, aBatch] : [aBatch, bBatch];
      const a = [...(left.length ? left : [1]), ...matrix(m, k, transposeA)];
      const b = [...(right.length ? right : [1]), ...matrix(k, n, transposeB)];
      // The cpu kernel takes equal ranks only.
      const rank = Math.max(a.length, b.length);
      const padded = (shape: number[]): number[] => [...Array<number>(rank - shape.length).fill(1), ...shape];
      await expectLikeCpu(
        'BatchMatMul',
        { a: given(padded(a), seed), b: given(padded(b), seed + 1) },
        { transposeA, transposeB },
      );
    }),
    { numRuns: 100, seed: 11 },
  );
});

test('depths beyond one block, and more rows and columns than one task', async () => {
  for (const [m, k, n] of [
    [7, 700, 9],
    [210, 300, 70],
    [1, 513, 1],
    [130, 1, 257],
  ] as const) {
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const a = given([1, ...matrix(m, k, transposeA)]);
      const b = given([1, ...matrix(k, n, transposeB)], 2);
      await expectLikeCpu('BatchMatMul', { a, b }, { transposeA, transposeB }, 3e-5);
    }
  }
});

test('infinities and NaN go where they go on the cpu backend', async () => {
  await fc.assert(
    fc.asyncProperty(odd([2, 9, 12]), odd([2, 12, 19]), async (a, b) => {
      await expectLikeCpu('BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
    }),
    { numRuns: 40, seed: 11 },
  );
});

test.each(['linear', 'relu', 'relu6'])('bias and %s join the product', async (activation) => {
  const inputs = { a: given([2, 11, 300]), b: given([2, 300, 21], 2), bias: given([21], 3) };
  const attrs = { transposeA: false, transposeB: false };
  const own = await runNatively('_FusedMatMul', inputs, { ...attrs, activation });
  const plain = await run('cpu', 'BatchMatMul', { a: inputs.a, b: inputs.b }, attrs);
  const shift = numbers(21, 3);
  const values = plain[0]!.values.map((value, i) => {
    const y = value + shift[i % 21]!;
    return activation === 'linear' ? y : Math.min(Math.max(0, y), activation === 'relu6' ? 6 : Infinity);
  });
  expectClose(own, [{ ...plain[0]!, values }], 3e-5);
});

test('sizes that do not fit are refused', async () => {
  const attrs = { transposeA: false, transposeB: false };
  await expect(
    run('native', 'BatchMatMul', { a: given([1, 3, 4]), b: given([1, 5, 6]) }, attrs),
  ).rejects.toThrow('inner sizes 4 and 5');
});
