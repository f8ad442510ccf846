import { useEngine } from '@pcam/engine';
import { type Tensor4D, tensor3d, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { mapSpread } from '../src/spread.js';

let images: Tensor4D;
beforeAll(async () => {
  await useEngine('auto');
  images = zeros([2, 1, 2, 3]);
});

test('variance between patches is what their means differ by, over several batches', () => {
  const spread = mapSpread();
  // Means 1 and 3, variances 1 and 0; then 5 and 4.
  spread.counted(() => tensor3d([0, 2, 3, 3], [2, 1, 2]))(images);
  const [, between] = [spread.counted(() => tensor3d([3, 7], [1, 1, 2]))(images), spread.betweenPatches()];
  const ofMeans = (1 - 3) ** 2 + (3 - 3) ** 2 + (5 - 3) ** 2;
  expect(between).toBeCloseTo(ofMeans / 3 / (ofMeans / 3 + (1 + 0 + 4) / 3), 6);
});

test('all of it where each map is one constant, and none is told where nothing varies', () => {
  const painted = mapSpread();
  painted.counted(() => tensor3d([1, 1, -2, -2], [2, 1, 2]))(images);
  expect(painted.betweenPatches()).toBe(1);
  const flat = mapSpread();
  flat.counted(() => zeros([2, 1, 2]))(images);
  expect(flat.betweenPatches()).toBeNull();
});
