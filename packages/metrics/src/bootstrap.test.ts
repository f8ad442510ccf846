import { describe, expect, it } from 'vitest';
import { normals } from '../test/normals.js';
import { bootstrap, quantile } from './bootstrap.js';

const meanOf = (values: readonly number[]) => (weights: Float64Array) => {
  let [sum, n] = [0, 0];
  for (const [i, value] of values.entries()) {
    sum += weights[i]! * value;
    n += weights[i]!;
  }
  return [sum / n];
};

describe('bootstrap', () => {
  it('gives the interval of a mean that theory gives', () => {
    const values = normals(400, 1);
    const mean = values.reduce((a, b) => a + b) / 400;
    const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 400);
    const [interval] = bootstrap(400, meanOf(values), { resamples: 4000 });
    expect(interval![0]).toBeCloseTo(mean - (1.96 * sd) / 20, 2);
    expect(interval![1]).toBeCloseTo(mean + (1.96 * sd) / 20, 2);
  });

  it('covers the truth about 95 times in 100', () => {
    let covered = 0;
    for (let trial = 1; trial <= 200; trial++) {
      const [interval] = bootstrap(60, meanOf(normals(60, trial)), { resamples: 200, seed: trial });
      if (interval![0] <= 0 && interval![1] >= 0) covered++;
    }
    expect(covered).toBeGreaterThan(178);
    expect(covered).toBeLessThan(199);
  });

  it('is wider when what is drawn are clusters that agree inside', () => {
    const slides = normals(20, 3);
    const values = slides.flatMap((value) => Array.from({ length: 20 }, () => value));
    const groups = slides.flatMap((_, slide) => Array.from({ length: 20 }, () => `slide-${slide}`));
    const width = (interval: readonly [number, number] | null | undefined) => interval![1] - interval![0];
    const plain = width(bootstrap(400, meanOf(values))[0]);
    const clustered = width(bootstrap(400, meanOf(values), { groups })[0]);
    expect(clustered / plain).toBeGreaterThan(3);
    expect(clustered / plain).toBeLessThan(6); // √20 ≈ 4.5
  });

  it('is the same for the same seed and another for another', () => {
    const values = normals(50, 5);
    const of = (seed: number) => bootstrap(50, meanOf(values), { seed, resamples: 100 });
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it('gives null where most resamples leave a statistic undefined', () => {
    const result = bootstrap(5, (weights) => [weights[0]! > 3 ? 1 : null, 2], { resamples: 200 });
    expect(result).toEqual([null, [2, 2]]);
  });

  it('gives null, not an interval of no width, where one slide is all there is to draw', () => {
    const values = [1, 2, 3];
    expect(bootstrap(3, meanOf(values), { groups: ['s', 's', 's'], resamples: 20 })).toEqual([null]);
    expect(bootstrap(1, meanOf([1]), { resamples: 20 })).toEqual([null]);
    expect(bootstrap(2, meanOf([1, 2]), { strata: [0, 1], resamples: 20 })).toEqual([null]);
    expect(bootstrap(3, meanOf(values), { groups: ['s', 's', 't'], resamples: 20 })).not.toEqual([null]);
  });

  it('keeps the size of every stratum, of elements and of clusters', () => {
    const strata = ['a', 'a', 'b', 'b', 'b', 'c'];
    const sizes = (weights: Float64Array) => [
      weights[0]! + weights[1]!,
      weights[2]! + weights[3]! + weights[4]!,
    ];
    const fixed = [
      [2, 2],
      [3, 3],
    ];
    expect(bootstrap(6, sizes, { strata, resamples: 50 })).toEqual(fixed);
    expect(bootstrap(6, sizes, { resamples: 50 })).not.toEqual(fixed);
    const groups = [0, 1, 2, 2, 3, 4];
    const clusters = (weights: Float64Array) => [weights[2]! + weights[4]!];
    expect(bootstrap(6, clusters, { strata, groups, resamples: 50 })).toEqual([[2, 2]]);
  });

  it.each([
    [() => bootstrap(0, () => [0]), /nothing to resample/],
    [() => bootstrap(3, () => [0], { resamples: 0 }), /resamples is 0/],
    [() => bootstrap(3, () => [0], { level: 1 }), /level is 1/],
    [() => bootstrap(3, () => [0], { groups: ['a'] }), /1 groups for 3 elements/],
    [() => bootstrap(3, () => [0], { strata: [0, 1] }), /2 strata for 3 elements/],
    [() => bootstrap(2, () => [0], { groups: [0, 0], strata: [0, 1] }), /element 1 lies in two strata/],
    [() => bootstrap(3, () => [0], { seed: 0.5 }), /seed is 0.5/],
  ])('refuses bad options', (call, message) => expect(call).toThrow(message));
});

describe('basic intervals', () => {
  const values = [0.3, 1.9, -0.7, 2.2, 0.4, -1.6, 0.9, 3.1, -0.2, 1.1, 0, 2.6];
  /** |mean − 1| + standard deviation, which resampling biases. */
  const statistic = (weights: ArrayLike<number>): number => {
    const mean = values.reduce((sum, v, i) => sum + weights[i]! * v, 0) / 12;
    const variance = values.reduce((sum, v, i) => sum + weights[i]! * (v - mean) ** 2, 0) / 12;
    return Math.abs(mean - 1) + Math.sqrt(variance);
  };
  const estimate = statistic(new Float64Array(12).fill(1));
  const both = (range: readonly [number, number]) =>
    bootstrap(12, (weights) => [statistic(weights), statistic(weights)], {
      basic: [null, { estimate, range }],
      resamples: 20_000,
    });

  it("are SciPy's, where percentile ones are too", () => {
    // scipy.stats.bootstrap (1.17), 200,000 resamples, methods `percentile` and `basic`.
    const [percentile, basic] = both([0, 9]);
    expect(percentile![0]).toBeCloseTo(1.065, 1);
    expect(percentile![1]).toBeCloseTo(2.255, 1);
    expect(basic![0]).toBeCloseTo(0.777, 1);
    expect(basic![1]).toBeCloseTo(1.967, 1);
  });

  it('are cut to the range, and keep the estimate', () => {
    const [plain, whole] = both([0, 9]);
    const [untouched, cut] = both([1.4, 1.8]);
    expect(untouched).toEqual(plain);
    expect(whole![0]).toBeLessThan(1.4);
    expect(cut).toEqual([1.4, 1.8]);
    // Resampling can only raise it: reflected at the estimate, all would lie below.
    expect(bootstrap(3, () => [5], { basic: [{ estimate: 4, range: [0, 9] }] })).toEqual([[3, 4]]);
  });
});

describe('quantile', () => {
  it('interpolates as NumPy does', () => {
    expect(quantile([1, 2, 4, 8], 0.5)).toBe(3);
    expect(quantile([1, 2, 4, 8], 0.9)).toBeCloseTo(6.8, 12);
    expect(quantile([7], 0.3)).toBe(7);
  });
});
