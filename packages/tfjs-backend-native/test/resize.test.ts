import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  expectLikeCpu,
  type Given,
  given,
  odd,
  type Result,
  RUNS,
  run,
  runNatively,
  upTo,
} from './against-cpu.js';

const modes = fc.constantFrom(
  { alignCorners: false, halfPixelCenters: false },
  { alignCorners: true, halfPixelCenters: false },
  { alignCorners: false, halfPixelCenters: true },
);

const scene = (
  batches: number,
): fc.Arbitrary<{ images: Given; dy: Given; attrs: { size: [number, number] } }> =>
  fc
    .tuple(
      fc.tuple(fc.integer({ min: 1, max: batches }), upTo(7), upTo(7), fc.constantFrom(1, 3, 8, 19, 37)),
      fc.tuple(upTo(12), upTo(12)),
      modes,
    )
    .chain(([shape, size, mode]) =>
      fc.record({
        // The cpu backend's differences of infinities make NaN of places that no infinity reaches.
        images: odd(shape, [Number.NaN]),
        dy: odd([shape[0], ...size, shape[3]], []),
        attrs: fc.constant({ ...mode, size }),
      }),
    );

test.each(['ResizeBilinear', 'ResizeNearestNeighbor'])('%s equals the cpu backend', async (kernel) => {
  await fc.assert(
    fc.asyncProperty(scene(3), ({ images, attrs }) => expectLikeCpu(kernel, { images }, attrs)),
    RUNS,
  );
});

const dot = ([a]: Result[], b: Given): number =>
  a!.values.reduce((sum, value, i) => sum + value * b.values[i]!, 0);

describe.each(['ResizeBilinear', 'ResizeNearestNeighbor'])('%sGrad', (kernel) => {
  test('is the transpose of the resizing in all modes', async () => {
    await fc.assert(
      fc.asyncProperty(scene(3), async ({ images: { shape }, dy, attrs }) => {
        const images = given(shape);
        const [dx] = await runNatively(`${kernel}Grad`, { images, dy }, attrs);
        expect(dx!.shape).toEqual(shape);
        const forward = dot(await run('cpu', kernel, { images }, attrs), dy);
        expect(dot([dx!], images)).toBeCloseTo(forward, 2);
      }),
      RUNS,
    );
  });

  test('equals the cpu backend on one square image, where that is right', async () => {
    for (const alignCorners of [false, true]) {
      const attrs = { alignCorners, halfPixelCenters: false };
      for (const size of [3, 5, 9]) {
        const inputs = { images: given([1, 5, 5, 11]), dy: given([1, size, size, 11], 2) };
        await expectLikeCpu(`${kernel}Grad`, inputs, attrs);
      }
    }
  });
});

test('a large map, shared out among threads', async () => {
  const images = given([3, 24, 20, 21]);
  const attrs = { alignCorners: false, halfPixelCenters: true, size: [48, 50] };
  await expectLikeCpu('ResizeBilinear', { images }, attrs);
});

test('an empty batch is empty', async () => {
  const attrs = { alignCorners: false, halfPixelCenters: false, size: [4, 6] };
  await expectLikeCpu('ResizeBilinear', { images: given([0, 2, 3, 4]) }, attrs);
});
