import { useEngine } from '@pcam/engine';
import { unavailable } from '@pcam/tfjs-backend-native';
import { setBackend, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { emaDecay, emaUpdate } from './ema.js';

beforeAll(async () => void (await useEngine('cpu')));

test('the decay warms up from 1/10 to its limit', () => {
  expect(emaDecay(0.999, 0)).toBeCloseTo(0.1, 12);
  expect(emaDecay(0.999, 90)).toBeCloseTo(0.91, 12);
  expect(emaDecay(0.999, 1e6)).toBe(0.999);
});

const engines = unavailable === undefined ? ['cpu', 'native'] : ['cpu'];

test.each(engines)('a constant decay gives the geometric sum on %s', async (engine) => {
  await setBackend(engine);
  let average = { w: tensor1d([1, -1]) };
  for (let t = 1; t <= 5; t++) {
    average = emaUpdate(average, { w: tensor1d([t, 2]) }, 0.5) as typeof average;
  }
  // 2^-5·1 + Σ 2^-(6-t)·t and 2^-5·(-1) + (1 - 2^-5)·2
  const sum = [1, 2, 3, 4, 5].reduce((total, t) => total + t * 2 ** -(6 - t), 2 ** -5);
  expect(average.w.dataSync()[0]).toBeCloseTo(sum, 6);
  expect(average.w.dataSync()[1]).toBeCloseTo(-(2 ** -5) + (1 - 2 ** -5) * 2, 6);
});
