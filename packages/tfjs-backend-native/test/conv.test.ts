import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadAddon } from '../src/addon.js';
import {
  expectClose,
  expectLikeCpu,
  given,
  numbers,
  odd,
  padding,
  run,
  runNatively,
  upTo,
} from './against-cpu.js';

type Size4 = [number, number, number, number];
interface Convolution {
  readonly x: Size4;
  readonly filter: Size4;
  readonly attrs: {
    strides: [number, number];
    pad: unknown;
    dilations: [number, number];
    dataFormat: 'NHWC';
  };
  readonly out: Size4;
  readonly seed: number;
}

function convolution(
  x: Size4,
  filter: Size4,
  rest: Partial<Convolution['attrs']> = {},
  seed = 1,
): Convolution {
  const attrs = { strides: [1, 1], pad: 'same', dilations: [1, 1], dataFormat: 'NHWC', ...rest } as const;
  const { strides, dilations, pad } = attrs;
  const { outShape } = tf.backend_util.computeConv2DInfo(
    x,
    filter,
    [...strides],
    [...dilations],
    pad as 'same',
  );
  return { x, filter, attrs: attrs as Convolution['attrs'], out: outShape as Size4, seed };
}

const convolutions: fc.Arbitrary<Convolution> = fc
  .record({
    x: fc.tuple(upTo(3, 0), upTo(11), upTo(11), upTo(20)),
    filter: fc.tuple(upTo(5), upTo(5), upTo(36)),
    strides: fc.tuple(upTo(3), upTo(3)),
    dilations: fc.constantFrom<[number, number]>([1, 1], [2, 1], [2, 3]),
    pad: padding,
    seed: fc.nat(1e6),
  })
  .map(({ x, filter: [h, w, n], strides, dilations, pad, seed }) => {
    const dilated = dilations[0] > 1 || dilations[1] > 1;
    return {
      x,
      filter: [h, w, x[3], n] as Size4,
      strides: dilated ? ([1, 1] as const) : strides,
      dilations,
      pad,
      seed,
    };
  })
  .filter(({ x, filter, dilations, pad }) => {
    if (pad === 'same') return true;
    return x[1] > (filter[0] - 1) * dilations[0] && x[2] > (filter[1] - 1) * dilations[1];
  })
  .map(({ x, filter, strides, dilations, pad, seed }) =>
    convolution(x, filter, { strides: [...strides], dilations, pad }, seed),
  )
  // With padding by number, tfjs takes the filter's height for its width too, and comes to sizes below 0 and to -0.
  .filter(({ out }) => out.every((size) => size > 0 || Object.is(size, 0)));

describe('against the cpu backend', () => {
  test('forward', async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, async ({ x, filter, attrs, seed }) => {
        await expectLikeCpu('Conv2D', { x: given(x, seed), filter: given(filter, seed + 1) }, attrs);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  // The cpu backend's gradients leave dilation out of account.
  const undilated = convolutions.filter(({ attrs }) => attrs.dilations.every((rate) => rate === 1));

  test('towards the input', async () => {
    await fc.assert(
      fc.asyncProperty(undilated, async ({ x, filter, attrs, out, seed }) => {
        const inputs = { dy: given(out, seed), filter: given(filter, seed + 1) };
        await expectLikeCpu('Conv2DBackpropInput', inputs, { ...attrs, inputShape: x }, 5e-5);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  test('towards the filter', async () => {
    await fc.assert(
      fc.asyncProperty(undilated, async ({ x, filter, attrs, out, seed }) => {
        const inputs = { x: given(x, seed), dy: given(out, seed + 1) };
        await expectLikeCpu('Conv2DBackpropFilter', inputs, { ...attrs, filterShape: filter }, 1e-4);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  test('3×3 of stride 1 with enough channels for Winograd’s tiles, odd sizes and unequal borders', async () => {
    const sizes = fc.record({
      x: fc.tuple(upTo(2), upTo(13), upTo(13), upTo(40, 16)),
      n: upTo(40, 16),
      pad: padding,
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ x, n, pad }) => {
        if (pad !== 'same' && (x[1] < 3 || x[2] < 3)) return;
        const { filter, attrs, out } = convolution(x, [3, 3, x[3], n], { pad });
        await expectLikeCpu('Conv2D', { x: given(x), filter: given(filter, 2) }, attrs, 1e-4);
        const towardsInput = { dy: given(out, 3), filter: given(filter, 2) };
        await expectLikeCpu('Conv2DBackpropInput', towardsInput, { ...attrs, inputShape: x }, 1e-4);
        const towardsFilter = { x: given(x), dy: given(out, 3) };
        await expectLikeCpu('Conv2DBackpropFilter', towardsFilter, { ...attrs, filterShape: filter }, 2e-4);
      }),
      { numRuns: 20, seed: 11 },
    );
  });

  test('shapes of the models: a stem on colours, strides that halve, few large cells', async () => {
    for (const [x, filter, strides] of [
      [[1, 24, 24, 3], [7, 7, 3, 64], 2],
      [[2, 12, 12, 24], [3, 3, 24, 40], 2],
      [[2, 8, 8, 20], [1, 1, 20, 33], 2],
      [[4, 3, 3, 96], [3, 3, 96, 80], 1],
    ] as [Size4, Size4, number][]) {
      const { attrs, out } = convolution(x, filter, { strides: [strides, strides] });
      await expectLikeCpu('Conv2D', { x: given(x), filter: given(filter, 2) }, attrs, 1e-4);
      const towardsInput = { dy: given(out, 3), filter: given(filter, 2) };
      await expectLikeCpu('Conv2DBackpropInput', towardsInput, { ...attrs, inputShape: x }, 1e-4);
      const towardsFilter = { x: given(x), dy: given(out, 3) };
      await expectLikeCpu('Conv2DBackpropFilter', towardsFilter, { ...attrs, filterShape: filter }, 1e-4);
    }
  });

  test('infinities and NaN reach the cells that see them and no others', async () => {
    const shape = fc.constantFrom(
      convolution([1, 7, 8, 16], [3, 3, 16, 17]),
      convolution([2, 6, 6, 3], [3, 3, 3, 5], { strides: [2, 2] }),
      convolution([1, 5, 5, 20], [1, 1, 20, 16]),
    );
    await fc.assert(
      fc.asyncProperty(shape, fc.nat(1e6), async ({ x, filter, attrs, out }, seed) => {
        const [special] = fc.sample(fc.tuple(rare(x), rare(filter), rare(out)), { numRuns: 1, seed });
        const [oddX, oddFilter, oddDy] = special!;
        await expectLikeCpu('Conv2D', { x: oddX, filter: oddFilter }, attrs);
        const inputs = { dy: oddDy, filter: oddFilter };
        await expectLikeCpu('Conv2DBackpropInput', inputs, { ...attrs, inputShape: x });
        await expectLikeCpu(
          'Conv2DBackpropFilter',
          { x: oddX, dy: oddDy },
          { ...attrs, filterShape: filter },
        );
      }),
      { numRuns: 30, seed: 11 },
    );
  });
});

test('both gradients are the transposes of the forward pass, dilated or not', async () => {
  const product = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
  await fc.assert(
    fc.asyncProperty(convolutions, async ({ x, filter, attrs, out, seed }) => {
      const [ofX, ofFilter, ofDy] = [given(x, seed), given(filter, seed + 1), given(out, seed + 2)];
      const y = await runNatively('Conv2D', { x: ofX, filter: ofFilter }, attrs);
      const dx = await runNatively(
        'Conv2DBackpropInput',
        { dy: ofDy, filter: ofFilter },
        { ...attrs, inputShape: x },
      );
      const dw = await runNatively(
        'Conv2DBackpropFilter',
        { x: ofX, dy: ofDy },
        { ...attrs, filterShape: filter },
      );
      const wanted = product(y[0]!.values, ofDy.values);
      const scale = 1 + Math.sqrt(product(y[0]!.values, y[0]!.values) * product(ofDy.values, ofDy.values));
      expect(Math.abs(product(dx[0]!.values, ofX.values) - wanted) / scale).toBeLessThan(1e-5);
      expect(Math.abs(product(dw[0]!.values, ofFilter.values) - wanted) / scale).toBeLessThan(1e-5);
    }),
    { numRuns: 60, seed: 11 },
  );
});

/** Some values in a hundred are special. */
function rare(shape: Size4): fc.Arbitrary<ReturnType<typeof given>> {
  return odd(shape).map(({ values }) => ({
    shape,
    values: Float32Array.from(values, (x, i) => (Number.isFinite(x) || i % 7 === 0 ? x : 1)),
  }));
}

test.each(['linear', 'relu', 'relu6'])('bias and %s join the convolution', async (activation) => {
  for (const filter of [
    [3, 3, 16, 21],
    [2, 3, 16, 21],
  ] as Size4[]) {
    const { x, attrs } = convolution([2, 9, 6, 16], filter);
    const inputs = { x: given(x), filter: given(filter, 2), bias: given([21], 3) };
    const own = await runNatively('FusedConv2D', inputs, { ...attrs, activation });
    const plain = await run('cpu', 'Conv2D', { x: inputs.x, filter: inputs.filter }, attrs);
    const shift = numbers(21, 3);
    const values = plain[0]!.values.map((value, i) => {
      const y = value + shift[i % 21]!;
      return activation === 'linear' ? y : Math.min(Math.max(0, y), activation === 'relu6' ? 6 : Infinity);
    });
    expectClose(own, [{ ...plain[0]!, values }], 2e-5);
  }
});

describe('Winograd’s error', () => {
  const [batch, size, k, n] = [2, 12, 64, 32];
  const shape = Int32Array.of(batch, size, size, k, size, size, n, 3, 3, 1, 1, 1, 1, 1, 1);
  const x = Float32Array.from(numbers(batch * size * size * k, 1), (v) => Math.max(0, v));
  const dy = numbers(batch * size * size * n, 2);
  const filter = numbers(9 * k * n, 3).map((v) => v / 30);

  /** Root mean square and largest difference from sums in double precision. */
  function errors(
    compute: (winograd: number) => Float32Array,
    exact: Float64Array,
    winograd: number,
  ): number[] {
    const got = compute(winograd);
    const differences = got.map((value, i) => Math.abs(value - exact[i]!));
    const square = differences.reduce((sum, d) => sum + d * d, 0) / got.length;
    return [Math.sqrt(square), differences.reduce((a, b) => Math.max(a, b), 0)];
  }

  /** Calls f(x's index, dy's index, filter's index without the channels) for every product of the convolution. */
  function eachPlace(f: (x: number, y: number, cell: number) => void): void {
    for (let image = 0; image < batch; image++) {
      for (let i = 0; i < size * size * 9; i++) {
        const [cell, place] = [i % 9, Math.floor(i / 9)];
        const row = Math.floor(place / size) + Math.floor(cell / 3) - 1;
        const column = (place % size) + (cell % 3) - 1;
        if (row < 0 || row >= size || column < 0 || column >= size) continue;
        f((image * size + row) * size + column, image * size * size + place, cell);
      }
    }
  }

  const exact = {
    y: new Float64Array(dy.length),
    dx: new Float64Array(x.length),
    dw: new Float64Array(filter.length),
  };
  eachPlace((px, py, cell) => {
    for (let c = 0; c < k; c++) {
      for (let o = 0; o < n; o++) {
        const w = (cell * k + c) * n + o;
        exact.y[py * n + o]! += x[px * k + c]! * filter[w]!;
        exact.dx[px * k + c]! += dy[py * n + o]! * filter[w]!;
        exact.dw[w]! += x[px * k + c]! * dy[py * n + o]!;
      }
    }
  });

  test.each([2, 3, 4])('with tiles of %i is within ten times that of direct convolution', (tile) => {
    const addon = loadAddon();
    const fresh = (like: ArrayLike<number>): Float32Array => new Float32Array(like.length);
    const passes: [Float64Array, (winograd: number, out: Float32Array) => void][] = [
      [exact.y, (winograd, out) => addon.conv2d(shape, x, filter, null, out, 0, winograd)],
      [exact.dx, (winograd, out) => addon.conv2dInputGradient(shape, dy, filter, out, winograd)],
      [exact.dw, (winograd, out) => addon.conv2dFilterGradient(shape, x, dy, out, winograd)],
    ];
    for (const [wanted, pass] of passes) {
      const compute = (winograd: number): Float32Array => {
        const out = fresh(wanted);
        pass(winograd, out);
        return out;
      };
      const direct = errors(compute, wanted, 0);
      const own = errors(compute, wanted, tile);
      expect(own[0]).toBeGreaterThan(0);
      expect(own[0]! / direct[0]!).toBeLessThan(10);
      expect(own[1]! / direct[1]!).toBeLessThan(10);
    }
  });
});
