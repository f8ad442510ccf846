import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  expectClose,
  expectLikeCpu,
  given,
  odd,
  padding,
  RUNS,
  run,
  runNatively,
  upTo,
} from './against-cpu.js';

type Shape4D = [number, number, number, number];

interface Windows {
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid' | number | [number, number][];
  readonly dimRoundingMode?: 'floor';
}

const windows: fc.Arbitrary<Windows> = fc.record({
  filterSize: fc.tuple(upTo(4), upTo(4)),
  strides: fc.tuple(upTo(3), upTo(3)),
  pad: padding,
  dimRoundingMode: fc.constant<'floor'>('floor'),
});

const map = ({ filterSize: [height, width] }: Windows): fc.Arbitrary<Shape4D> =>
  fc.tuple(upTo(3), upTo(height + 6, height), upTo(width + 6, width), fc.constantFrom(1, 3, 8, 19, 37));

const outShape = (x: Shape4D, { filterSize, strides, pad, dimRoundingMode }: Windows): number[] =>
  tf.backend_util.computePool2DInfo(x, filterSize, strides, 1, pad as 'same', dimRoundingMode).outShape;

const scene = windows.chain((attrs) =>
  map(attrs)
    // Where the padding is a number, tfjs takes the filter's height for its width.
    .filter((shape) => outShape(shape, attrs).every((size) => size > 0))
    .chain((shape) =>
      fc.record({
        attrs: fc.constant(attrs),
        x: odd(shape),
        dy: odd(outShape(shape, attrs), []),
      }),
    ),
);

/** Places without a window over them stay as they are: cpu shares the tensor for windows of one cell. */
const isIdentity = ({ filterSize: [h, w], strides: [r, c], pad }: Windows): boolean =>
  h * w === 1 && r * c === 1 && (typeof pad === 'string' || pad === 0);

describe('pooling equals the cpu backend on any shape, stride and padding', () => {
  test.each(['MaxPool', 'AvgPool'])('%s', async (kernel) => {
    await fc.assert(
      fc.asyncProperty(scene, ({ attrs, x }) => expectLikeCpu(kernel, { x }, attrs)),
      RUNS,
    );
  });

  test('MaxPoolGrad: to the first maximum, none for windows of NaN or -∞', async () => {
    await fc.assert(
      fc.asyncProperty(scene, ({ attrs, x, dy }) =>
        expectLikeCpu('MaxPoolGrad', { dy, input: x, output: dy }, attrs),
      ),
      RUNS,
    );
  });

  test('AvgPoolGrad divides by the whole window, as the cpu backend does', async () => {
    await fc.assert(
      fc.asyncProperty(scene, ({ attrs, x, dy }) => expectLikeCpu('AvgPoolGrad', { dy, input: x }, attrs)),
      RUNS,
    );
  });
});

test('MaxPoolPick is the transpose of MaxPoolGrad', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ attrs, x, dy }) => {
      if (isIdentity(attrs)) return;
      const values = given(x.shape, 5);
      const [picked] = await runNatively('MaxPoolPick', { x, values }, attrs);
      const [sent] = await run('cpu', 'MaxPoolGrad', { dy, input: x, output: dy }, attrs);
      expect(picked!.shape).toEqual(dy.shape);
      const left = picked!.values.reduce((sum, value, i) => sum + value * dy.values[i]!, 0);
      const right = sent!.values.reduce((sum, value, i) => sum + value * values.values[i]!, 0);
      expect(left).toBeCloseTo(right, 2);
    }),
    RUNS,
  );
});

test('MaxPoolPick of x itself is MaxPool where every window has a maximum', async () => {
  const x = given([2, 9, 8, 11]);
  const attrs = { filterSize: 3, strides: 2, pad: 1, dimRoundingMode: 'floor' };
  expectClose(
    await runNatively('MaxPoolPick', { x, values: x }, attrs),
    await run('cpu', 'MaxPool', { x }, attrs),
  );
});

describe('large maps, shared out among threads', () => {
  const stem = { filterSize: 3, strides: 2, pad: 1, dimRoundingMode: 'floor' };
  test.each([
    ['many images', [9, 24, 24, 20]],
    ['one image in bands', [1, 47, 45, 33]],
  ])('%s', async (_, shape) => {
    const x = given(shape as Shape4D);
    const dy = given(tf.backend_util.computePool2DInfo(shape as Shape4D, 3, 2, 1, 1, 'floor').outShape, 3);
    await expectLikeCpu('MaxPool', { x }, stem);
    await expectLikeCpu('AvgPool', { x }, stem);
    await expectLikeCpu('MaxPoolGrad', { dy, input: x, output: dy }, stem);
    await expectLikeCpu('AvgPoolGrad', { dy, input: x }, stem);
  });

  test('means over the whole map', async () => {
    const x = given([3, 30, 31, 40]);
    const attrs = { filterSize: [30, 31], strides: 1, pad: 'valid' };
    await expectLikeCpu('AvgPool', { x }, attrs);
    await expectLikeCpu('AvgPoolGrad', { dy: given([3, 1, 1, 40]), input: x }, attrs);
  });
});

test.each(['MaxPool', 'AvgPool'])('%s of an empty batch is empty', async (kernel) => {
  const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
  await expectLikeCpu(kernel, { x: given([0, 4, 4, 3]) }, attrs);
});

test('integers go to the copied kernel', async () => {
  const x = { shape: [1, 2, 2, 1], values: [4, 7, -1, 2], dtype: 'int32' as const };
  const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
  expect(await run('native', 'MaxPool', { x }, attrs)).toEqual([
    { shape: [1, 1, 1, 1], dtype: 'int32', values: [7] },
  ]);
});

test('a gradient of another shape is refused', async () => {
  const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
  const [input, dy] = [given([1, 4, 4, 1]), given([1, 3, 3, 1])];
  await expect(run('native', 'MaxPoolGrad', { dy, input, output: dy }, attrs)).rejects.toThrow(/shape/);
});
