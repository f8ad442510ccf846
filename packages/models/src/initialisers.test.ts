import { expect, test } from 'vitest';
import { heFanOut, truncatedNormal, uniformFanIn } from './initialisers.js';
import { randomFor } from './random.js';

function moments(values: Float32Array): { mean: number; deviation: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), largest: Math.max(...values.map(Math.abs)) };
}

// 18,432 values: a sample deviation is within 2 % of the true one (four standard errors).
const shape = [3, 3, 32, 64];

test('He’s start has the deviation √(2 / fan-out) in normal shape', () => {
  const { mean, deviation, largest } = moments(heFanOut(shape, randomFor(1, 'w')));
  const expected = Math.sqrt(2 / (9 * 64));
  expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.02);
  expect(Math.abs(mean)).toBeLessThan(0.03 * expected);
  expect(largest).toBeGreaterThan(3.3 * expected);
});

test('the truncated normal ends at two deviations of 0.02', () => {
  const { deviation, largest } = moments(truncatedNormal(shape, randomFor(1, 'w')));
  expect(largest).toBeLessThanOrEqual(0.04);
  expect(largest).toBeGreaterThan(0.0399);
  // The deviation of a standard normal cut at ±2 is 0.8796.
  expect(Math.abs(deviation / (0.02 * 0.8796) - 1)).toBeLessThan(0.02);
});

test('the dense start is uniform within 1/√fan-in', () => {
  const { deviation, largest } = moments(uniformFanIn([100, 180], randomFor(1, 'w')));
  expect(largest).toBeLessThanOrEqual(0.1);
  expect(Math.abs(deviation / (0.1 / Math.sqrt(3)) - 1)).toBeLessThan(0.02);
});

test('a stream depends on its seed and label, all 53 bits of the seed', () => {
  const first = (seed: number, label: string): number => randomFor(seed, label).uniform();
  expect(first(1, 'a')).toBe(first(1, 'a'));
  const others = [first(1, 'a'), first(2, 'a'), first(1, 'b'), first(1 + 2 ** 32, 'a'), first(-1, 'a')];
  expect(new Set(others).size).toBe(5);
});
