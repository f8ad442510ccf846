import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  expectLikeCpu,
  given,
  odd,
  padding,
  type Result,
  RUNS,
  run,
  runNatively,
  upTo,
} from './against-cpu.js';

type Shape4D = [number, number, number, number];

const attributes = fc.record({
  strides: fc.tuple(upTo(3), upTo(3)),
  pad: padding,
  dataFormat: fc.constant<'NHWC'>('NHWC'),
  dilations: fc.constant<[number, number]>([1, 1]),
  dimRoundingMode: fc.constant<'floor'>('floor'),
});
type Attrs = typeof attributes extends fc.Arbitrary<infer T> ? T : never;

const outShape = (x: number[], filter: number[], attrs: Attrs): number[] =>
  tf.backend_util.computeConv2DInfo(
    x as Shape4D,
    filter as Shape4D,
    attrs.strides,
    attrs.dilations,
    attrs.pad as 'same',
    attrs.dimRoundingMode,
    true,
  ).outShape;

const scene = fc
  .record({
    attrs: attributes,
    filter: fc.tuple(upTo(4), upTo(4)),
    map: fc.tuple(upTo(3), upTo(10, 4), upTo(10, 4), fc.constantFrom(1, 3, 8, 19, 37)),
    seed: fc.nat(100),
  })
  .map(({ attrs, filter: [height, width], map, seed }) => ({
    attrs,
    x: given(map, seed),
    filter: given([height, width, map[3], 1], seed + 1),
    bias: given([map[3]], seed + 2),
    dy: (): ReturnType<typeof given> => given(outShape(map, [height, width, map[3], 1], attrs), seed + 3),
  }))
  .filter(({ attrs, x, filter }) => outShape(x.shape, filter.shape, attrs).every((size) => size > 0));

describe('equal to the cpu backend on any shape, stride and padding', () => {
  test('forward', async () => {
    await fc.assert(
      fc.asyncProperty(scene, ({ attrs, x, filter }) =>
        expectLikeCpu('DepthwiseConv2dNative', { x, filter }, attrs),
      ),
      RUNS,
    );
  });

  test('with bias and activation', async () => {
    const activations = fc.constantFrom(undefined, 'linear', 'relu', 'relu6');
    await fc.assert(
      fc.asyncProperty(scene, activations, fc.boolean(), ({ attrs, x, filter, bias }, activation, biased) =>
        expectLikeCpu(
          'FusedDepthwiseConv2D',
          { x, filter, ...(biased ? { bias } : {}) },
          { ...attrs, activation },
        ),
      ),
      RUNS,
    );
  });

  test('input gradient', async () => {
    await fc.assert(
      fc.asyncProperty(scene, ({ attrs, x, filter, dy }) =>
        expectLikeCpu(
          'DepthwiseConv2dNativeBackpropInput',
          { dy: dy(), filter },
          { ...attrs, inputShape: x.shape },
        ),
      ),
      RUNS,
    );
  });

  test('filter gradient', async () => {
    await fc.assert(
      fc.asyncProperty(scene, ({ attrs, x, filter, dy }) =>
        expectLikeCpu(
          'DepthwiseConv2dNativeBackpropFilter',
          { x, dy: dy() },
          { ...attrs, filterShape: filter.shape },
        ),
      ),
      RUNS,
    );
  });
});

describe('1×1 filters scale channels', () => {
  const attrs = { strides: 1, pad: 0, dataFormat: 'NHWC', dilations: 1 };
  const sizes = fc.tuple(upTo(3), upTo(6), upTo(7), upTo(40));

  test('NaN and infinities, any number of channels', async () => {
    const cases = sizes.chain((shape) => fc.tuple(odd(shape), odd([1, 1, shape[3], 1]), odd([shape[3]])));
    await fc.assert(
      fc.asyncProperty(cases, fc.constantFrom('linear', 'relu', 'relu6'), ([x, filter, bias], activation) =>
        expectLikeCpu('FusedDepthwiseConv2D', { x, filter, bias }, { ...attrs, activation }),
      ),
      RUNS,
    );
  });

  test.each([
    ['whole vectors', [9, 20, 21, 32]],
    ['an odd number of channels', [9, 31, 33, 7]],
  ])('large maps of %s', async (_, shape) => {
    const filterShape = [1, 1, shape[3]!, 1];
    const [x, dy, filter] = [given(shape), given(shape, 2), given(filterShape, 3)];
    await expectLikeCpu('FusedDepthwiseConv2D', { x, filter, bias: given([shape[3]!], 4) }, attrs);
    await expectLikeCpu(
      'DepthwiseConv2dNativeBackpropInput',
      { dy, filter },
      { ...attrs, inputShape: shape },
    );
    // Sums of thousands that nearly cancel.
    await expectLikeCpu('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attrs, filterShape }, 1e-4);
  });
});

test('gradients of dilated filters are transposes of the convolution', async () => {
  const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: [2, 3] };
  const [x, filter, dy] = [given([2, 9, 11, 5]), given([3, 2, 5, 1], 2), given([2, 9, 11, 5], 3)];
  const dot = ([a]: Result[], b: { values: ArrayLike<number> }): number =>
    a!.values.reduce((sum, value, i) => sum + value * b.values[i]!, 0);
  const whole = dot(await run('cpu', 'DepthwiseConv2dNative', { x, filter }, attrs), dy);
  await expectLikeCpu('DepthwiseConv2dNative', { x, filter }, attrs);
  const dx = await runNatively(
    'DepthwiseConv2dNativeBackpropInput',
    { dy, filter },
    { ...attrs, inputShape: x.shape },
  );
  const df = await runNatively(
    'DepthwiseConv2dNativeBackpropFilter',
    { x, dy },
    { ...attrs, filterShape: filter.shape },
  );
  expect(dot(dx, x)).toBeCloseTo(whole, 3);
  expect(dot(df, filter)).toBeCloseTo(whole, 3);
});

test('an empty batch: empty maps, a zero filter gradient', async () => {
  const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
  const [x, filter] = [given([0, 4, 5, 3]), given([2, 2, 3, 1])];
  await expectLikeCpu('DepthwiseConv2dNative', { x, filter }, attrs);
  await expectLikeCpu(
    'DepthwiseConv2dNativeBackpropInput',
    { dy: x, filter },
    { ...attrs, inputShape: x.shape },
  );
  await expectLikeCpu(
    'DepthwiseConv2dNativeBackpropFilter',
    { x, dy: x },
    { ...attrs, filterShape: filter.shape },
  );
});

test.each(['sigmoid', 'elu'])('%s goes to the copied kernel', async (activation) => {
  const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1, activation };
  const inputs = { x: given([1, 4, 5, 3]), filter: given([2, 2, 3, 1]), bias: given([3]) };
  expect(await run('native', 'FusedDepthwiseConv2D', inputs, attrs)).toEqual(
    await run('cpu', 'FusedDepthwiseConv2D', inputs, attrs),
  );
});

test('several filters a channel go to the copied kernels', async () => {
  const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
  const inputs = { x: given([1, 4, 5, 3]), filter: given([2, 2, 3, 2]) };
  expect(await run('native', 'DepthwiseConv2dNative', inputs, attrs)).toEqual(
    await run('cpu', 'DepthwiseConv2dNative', inputs, attrs),
  );
});
