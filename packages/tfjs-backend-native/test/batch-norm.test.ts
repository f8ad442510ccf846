import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectLikeCpu, given, numbers, odd, RUNS, run, upTo } from './against-cpu.js';

test('equal to the cpu backend, with and without offset and scale', async () => {
  const scene = fc.tuple(upTo(3), upTo(5), upTo(6), upTo(40)).chain((shape) =>
    fc.record({
      x: odd(shape),
      mean: odd([shape[3]]),
      variance: odd([shape[3]]),
      offset: odd([shape[3]]),
      scale: odd([shape[3]]),
    }),
  );
  await fc.assert(
    fc.asyncProperty(scene, fc.boolean(), fc.boolean(), (all, shifted, scaled) => {
      const { x, mean, variance, offset, scale } = all;
      const inputs = { x, mean, variance, ...(shifted ? { offset } : {}), ...(scaled ? { scale } : {}) };
      return expectLikeCpu('FusedBatchNorm', inputs, { varianceEpsilon: 0.01 });
    }),
    RUNS,
  );
});

test('a mean far from zero loses nothing', async () => {
  const x = { shape: [64, 8], values: numbers(64 * 8).map((value) => 1e4 + value) };
  const mean = { shape: [8], values: new Float32Array(8).fill(1e4) };
  await expectLikeCpu('FusedBatchNorm', {
    x,
    mean,
    variance: { shape: [8], values: new Float32Array(8).fill(1) },
  });
});

test('other sizes go to the copied kernel', async () => {
  const inputs = {
    x: given([2, 3, 4]),
    mean: given([3, 4]),
    variance: { shape: [3, 4], values: numbers(12).map(Math.abs) },
  };
  expect(await run('native', 'FusedBatchNorm', inputs)).toEqual(await run('cpu', 'FusedBatchNorm', inputs));
});
