import { describe, expect, test } from 'vitest';
import { bestOf } from '../src/peak.js';
import { relativeDifference, requireSame } from '../src/same.js';
import { compare, median } from '../src/statistics.js';

describe('ratios', () => {
  test('median of an odd and an even number of values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow('no values');
  });

  test('each round is compared within itself, so a slow round for both changes nothing', () => {
    const rounds = [
      { ours: [10, 11, 12], torch: [20, 22, 24] },
      { ours: [100, 110, 120], torch: [200, 220, 240] }, // something else ran
      { ours: [10, 11, 12], torch: [30, 33, 36] },
    ];
    expect(compare(rounds)).toEqual({ ours: 12, torch: 33, ratio: 2, range: [2, 3], rounds: 3 });
  });
});

describe('the same model on both sides', () => {
  const evidence = { parameters: 10, values: { logits: [1, 2], 'train loss': [0.5] } };

  test('is accepted with its differences', () => {
    const torch = { parameters: 10, values: { logits: [1.0001, 2], 'train loss': [0.5] } };
    const differences = requireSame('resnet18', evidence, torch);
    expect(differences.logits).toBeGreaterThan(0);
    expect(differences['train loss']).toBe(0);
  });

  test.each([
    [{ ...evidence, parameters: 11 }, "resnet18: ours has 10 parameters, PyTorch's 11"],
    [{ parameters: 10, values: { ...evidence.values, logits: [1, 2.01] } }, /logits differs by 4\.\de-3/],
    [{ parameters: 10, values: { ...evidence.values, logits: [1, Number.NaN] } }, /logits differs by NaN/],
    [{ parameters: 10, values: { logits: [1, 2] } }, 'train loss differs by Infinity'],
  ])('is refused otherwise: %j', (torch, message) => {
    expect(() => requireSame('resnet18', evidence, torch)).toThrow(message);
    expect(() => requireSame('resnet18', evidence, torch)).toThrow('no ratio is given');
  });

  test('differences are relative to the larger norm', () => {
    expect(relativeDifference([3, 4], [3, 4])).toBe(0);
    expect(relativeDifference([3, 4], [0, 0])).toBe(1);
    expect(relativeDifference([0], [0])).toBe(0);
    expect(relativeDifference([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
  });
});

test('the peak is the best of both sides', () => {
  expect(bestOf({ 1024: 30 }, { 1024: 50, 2048: 70 })).toMatchObject({ gflops: 70, by: 'PyTorch, 2048³' });
  expect(bestOf({ 1024: 80 }, undefined)).toMatchObject({ gflops: 80, by: 'ours, 1024³' });
});
