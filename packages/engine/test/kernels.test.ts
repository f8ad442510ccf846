import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { useEngine } from '../src/index.js';
import { difference, expectLikeCpu, sequence } from './compare.js';
import { FAST, type Fast } from './engines.js';

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const RUNS = { numRuns: 60, seed: 7 };

/** Padding by name, by number, or by side. */
const padding = fc.oneof(
  fc.constantFrom<'same' | 'valid'>('same', 'valid'),
  fc.integer({ min: 0, max: 2 }),
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)).map(([t, b, l, r]): [number, number][] => [
    [0, 0],
    [t, b],
    [l, r],
    [0, 0],
  ]),
);

describe('convolution: value and gradients in input and filter', () => {
  test('any shape, stride and padding', async () => {
    const filter = fc.record({ kh: size(4), kw: size(5), sh: size(3), sw: size(3) });
    const image = fc.record({ batch: size(3), extraH: fc.nat(9), extraW: fc.nat(9), cin: size(9) });
    await fc.assert(
      fc.asyncProperty(filter, image, size(19), padding, async (f, x, cout, pad) => {
        await expectLikeCpu(
          (a, w) => tf.conv2d(a as tf.Tensor4D, w as tf.Tensor4D, [f.sh, f.sw], pad as 'same'),
          [
            { shape: [x.batch, f.kh + x.extraH, f.kw + x.extraW, x.cin] },
            { shape: [f.kh, f.kw, x.cin, cout] },
          ],
        );
      }),
      RUNS,
    );
  });

  test.each([
    ['a block that spans several images', [9, 4, 5, 16], [3, 3, 16, 24], 1],
    ['a block smaller than an image', [2, 26, 24, 40], [3, 3, 40, 33], 1],
    ['1×1, more than one block of rows', [3, 30, 31, 70], [1, 1, 70, 9], 1],
    ['1×1 at stride 2', [2, 11, 12, 20], [1, 1, 20, 12], 2],
    ['a stem: 7×7, stride 2, RGB', [2, 32, 33, 3], [7, 7, 3, 16], 2],
    ['a filter larger than the image', [1, 3, 2, 4], [5, 5, 4, 8], 1],
    ['a stride larger than the filter', [1, 11, 11, 3], [2, 2, 3, 4], 4],
  ] as const)('%s', async (_, x, w, stride) => {
    await expectLikeCpu(
      (a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, 'same'),
      [{ shape: x }, { shape: w }],
    );
  });

  test('dilated, forward (tfjs has no gradient for it)', async () => {
    const run = async (engine: 'cpu' | Fast, dilation: number): Promise<number[]> => {
      await useEngine(engine);
      const x = tf.reshape<tf.Rank.R4>(tf.linspace(-1, 1, 2 * 9 * 8 * 3), [2, 9, 8, 3]);
      const w = tf.reshape<tf.Rank.R4>(tf.linspace(-1, 2, 3 * 2 * 3 * 5), [3, 2, 3, 5]);
      return [...(await tf.conv2d(x, w, 1, 'same', 'NHWC', dilation).data())];
    };
    for (const dilation of [2, 3]) {
      const reference = await run('cpu', dilation);
      for (const engine of FAST) {
        for (const [i, value] of (await run(engine, dilation)).entries()) {
          expect(value, engine).toBeCloseTo(reference[i]!, 4);
        }
      }
    }
  });

  test('an empty batch gives an empty result and a zero filter gradient', async () => {
    await expectLikeCpu(
      (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
      [{ shape: [0, 4, 4, 2] }, { shape: [3, 3, 2, 3] }],
    );
  });

  test('NCHW is refused in one line', async () => {
    await useEngine('wasm');
    const [x, w] = [tf.zeros([1, 2, 5, 5]), tf.zeros([3, 3, 2, 1])] as [tf.Tensor4D, tf.Tensor4D];
    expect(() => tf.conv2d(x, w, 1, 'same', 'NCHW')).toThrow(/NCHW is not supported; use NHWC/);
  });
});

describe('matrix product: value and gradients', () => {
  test('any shape, either side transposed, in batches', async () => {
    const batches = fc.constantFrom<[number[], number[]]>(
      [[], []],
      [[3], [3]],
      [
        [2, 3],
        [2, 3],
      ],
      [
        [2, 3, 1],
        [2, 3, 1],
      ],
    );
    await fc.assert(
      fc.asyncProperty(
        size(21),
        size(21),
        size(21),
        fc.boolean(),
        fc.boolean(),
        batches,
        async (m, n, k, tA, tB, [aBatch, bBatch]) => {
          await expectLikeCpu(
            (a, b) => tf.matMul(a, b, tA, tB),
            [
              { shape: [...aBatch, ...(tA ? [k, m] : [m, k])] },
              { shape: [...bBatch, ...(tB ? [n, k] : [k, n])] },
            ],
          );
        },
      ),
      RUNS,
    );
  });

  test.each([
    [
      [2, 1],
      [1, 3],
    ],
    [[1], [4]],
    [
      [3, 1, 2],
      [4, 1],
    ],
  ])('batches [%s] and [%s] are broadcast (tfjs has no gradient for it)', async (aBatch, bBatch) => {
    // tfjs's cpu engine gets some of these wrong, so each side is written out to compare.
    for (const engine of FAST) {
      await useEngine(engine);
      const a = tf.tensor(sequence(tf.util.sizeFromShape(aBatch) * 6), [...aBatch, 2, 3]);
      const b = tf.tensor(sequence(tf.util.sizeFromShape(bBatch) * 12), [...bBatch, 3, 4]);
      const batch = tf.broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch);
      const [wideA, wideB] = [tf.broadcastTo(a, [...batch, 2, 3]), tf.broadcastTo(b, [...batch, 3, 4])];
      const product = tf.matMul(a, b);
      expect(product.shape).toEqual([...batch, 2, 4]);
      const expected = await tf.matMul(wideA, wideB).data();
      expect(difference([...(await product.data())], [...expected]), engine).toBeLessThan(1e-6);
    }
  });

  test.each([
    ['a long sum', 5, 7, 3000],
    ['many rows', 900, 20, 130],
    ['many columns', 20, 300, 70],
  ])('%s', async (_, m, n, k) => {
    await expectLikeCpu((a, b) => tf.matMul(a, b), [{ shape: [m, k] }, { shape: [k, n] }]);
  });

  test.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const)(
    'fused with bias and %s',
    async (activation) => {
      for (const [transposeA, transposeB] of [
        [false, false],
        [true, false],
        [false, true],
      ] as const) {
        const run = async (engine: 'cpu' | Fast): Promise<number[]> => {
          await useEngine(engine);
          const a = tf.reshape<tf.Rank.R2>(tf.linspace(-1, 1, 35), transposeA ? [5, 7] : [7, 5]);
          const b = tf.reshape<tf.Rank.R2>(tf.linspace(1, -2, 45), transposeB ? [9, 5] : [5, 9]);
          const bias = tf.linspace(-1, 1, 9);
          const before = tf.memory().numTensors;
          const y = tf.fused.matMul({ a, b, transposeA, transposeB, bias, activation, leakyreluAlpha: 0.3 });
          expect(tf.memory().numTensors).toBe(before + 1);
          return [...(await y.data())];
        };
        const reference = await run('cpu');
        for (const engine of FAST) {
          for (const [i, value] of (await run(engine)).entries()) {
            expect(value, engine).toBeCloseTo(reference[i]!, 4);
          }
        }
      }
    },
  );

  test('integers are refused in one line', async () => {
    await useEngine('wasm');
    const a = tf.ones([2, 2], 'int32');
    expect(() =>
      tf.engine().runKernel('BatchMatMul', { a, b: a }, { transposeA: false, transposeB: false }),
    ).toThrow(/needs float32/);
  });
});

describe('the other kernels of training', () => {
  test('depthwise convolution', async () => {
    const filter = fc.record({ kh: size(3), kw: size(4), stride: size(2), multiplier: size(3) });
    const image = fc.record({ batch: size(2), extra: fc.nat(6), channels: size(6) });
    await fc.assert(
      fc.asyncProperty(
        filter,
        image,
        fc.constantFrom<'same' | 'valid'>('same', 'valid'),
        async (f, x, pad) => {
          await expectLikeCpu(
            (a, w) => tf.depthwiseConv2d(a as tf.Tensor4D, w as tf.Tensor4D, f.stride, pad),
            [
              { shape: [x.batch, f.kh + x.extra, f.kw + x.extra, x.channels] },
              { shape: [f.kh, f.kw, x.channels, f.multiplier] },
            ],
          );
        },
      ),
      { ...RUNS, numRuns: 25 },
    );
  });

  test('sum and mean over any axes', async () => {
    const shape = fc.array(size(19), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        shape,
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        async (s, chosen, keep) => {
          const axes = s.map((_, i) => i).filter((i) => chosen[i]);
          await expectLikeCpu((x) => tf.sum(x, axes, keep), [{ shape: s }]);
          await expectLikeCpu((x) => tf.mean(x, axes, keep), [{ shape: s }]);
        },
      ),
      { ...RUNS, numRuns: 40 },
    );
  });

  test.each(FAST)('%s: a long sum keeps its precision', async (engine) => {
    await useEngine(engine);
    const x = tf.fill([100_000, 3], 0.1);
    for (const value of await tf.sum(x, 0).data()) expect(Math.abs(value - 10_000)).toBeLessThan(0.1);
    for (const value of await tf.sum(tf.transpose(x), 1).data())
      expect(Math.abs(value - 10_000)).toBeLessThan(0.1);
  });

  test('gather and its gradient, with repeated indices', async () => {
    await expectLikeCpu(
      (x, i) => tf.gather(x, i as tf.Tensor1D),
      [{ shape: [5, 3, 2] }, { shape: [6], dtype: 'int32', values: [4, 0, 0, 2, 4, 4] }],
    );
    await expectLikeCpu(
      (x, i) => tf.gather(x, i as tf.Tensor1D, 1),
      [{ shape: [2, 5, 3] }, { shape: [4], dtype: 'int32', values: [1, 1, 4, 0] }],
    );
  });

  test.each(FAST)('%s: segment sum drops ids without a segment', async (engine) => {
    await useEngine(engine);
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const sums = tf.unsortedSegmentSum(x, tf.tensor1d([1, 7, 1], 'int32'), 3);
    expect(await sums.array()).toEqual([
      [0, 0],
      [6, 8],
      [0, 0],
    ]);
  });

  test.each(FAST)('%s: a clone shares its data and outlives the original', async (engine) => {
    await useEngine(engine);
    const before = tf.memory();
    const x = tf.tensor1d([1, 2, 3]);
    const copy = tf.cast(tf.clone(x), 'float32');
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 1);
    x.dispose();
    expect([...(await copy.data())]).toEqual([1, 2, 3]);
  });
});
