import { describe, expect, it } from 'vitest';
import { quantile } from './bootstrap.js';
import { type PairedSet, pairedDifference } from './paired.js';

const zero = (set: readonly (readonly (number | null)[])[]) =>
  set.map((row) => row.map((value) => value && 0));
const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('pairedDifference', () => {
  // Two seeds; in the first set groups of 2, 1 and 1 elements, in the second of 1 and 2.
  const first = [
    [0.31, 0.12, null, -0.05, 0.4],
    [0.22, 0.03, null, 0.11, 0.17],
  ];
  const second = [
    [0.5, -0.2, 0.07],
    [0.37, 0.02, -0.13],
  ];
  const sets: PairedSet[] = [
    { a: first, b: zero(first), groups: ['x', 'x', 'free', 'y', 'z'] },
    { a: second, b: zero(second), groups: [7, 8, 8] },
  ];

  it('is the mean over seeds, then elements of a set, then sets', () => {
    const ofFirst = mean([0.31, 0.12, -0.05, 0.4, 0.22, 0.03, 0.11, 0.17]);
    const ofSecond = mean([0.5, -0.2, 0.07, 0.37, 0.02, -0.13]);
    const { a, b, difference } = pairedDifference(sets, { resamples: 1 });
    expect(a).toBeCloseTo((ofFirst + ofSecond) / 2, 12);
    expect([b, difference]).toEqual([0, a]);
  });

  it('has the interval of all resamples there are, each drawn once', () => {
    const draws = (n: number): number[][] =>
      Array.from({ length: n ** n }, (_, k) =>
        Array.from({ length: n }, (_, place) => Math.floor(k / n ** place) % n),
      );
    const groups = [
      [[0, 1], [3], [4]],
      [[0], [1, 2]],
    ];
    const all: number[] = [];
    for (const seeds of draws(2)) {
      const of = (rows: typeof first, set: number, drawn: readonly number[]): number =>
        mean(drawn.flatMap((g) => groups[set]![g]!.flatMap((i) => seeds.map((seed) => rows[seed]![i]!))));
      for (const one of draws(3)) {
        for (const two of draws(2)) all.push((of(first, 0, one) + of(second, 1, two)) / 2);
      }
    }
    expect(all).toHaveLength(4 * 27 * 4);
    const sorted = all.sort((a, b) => a - b);
    const { ci95 } = pairedDifference(sets, { resamples: 20_000, seed: 3 });
    expect(ci95![0]).toBeCloseTo(quantile(sorted, 0.025), 2);
    expect(ci95![1]).toBeCloseTo(quantile(sorted, 0.975), 2);
    // Not that of elements drawn one by one.
    const apart = pairedDifference(
      sets.map(({ a, b }) => ({ a, b })),
      { resamples: 20_000, seed: 3 },
    );
    expect(Math.abs(apart.ci95![1] - quantile(sorted, 0.975))).toBeGreaterThan(0.01);
  });

  it('has the normal interval of a mean for many elements, and of a mean of seeds for many seeds', () => {
    const values = Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9) * 0.1 + 0.02);
    const halfWidth = 1.96 * Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)) / values.length);
    const across = { a: [values], b: [values.map(() => 0)] };
    const elements = pairedDifference([across], { resamples: 4000 });
    expect(elements.ci95![1] - elements.difference).toBeCloseTo(halfWidth, 3);
    expect(elements.difference - elements.ci95![0]).toBeCloseTo(halfWidth, 3);
    const down = { a: values.map((v) => [v, v]), b: values.map(() => [0, 0]) };
    const trained = pairedDifference([down], { resamples: 4000 });
    expect(trained.ci95![1] - trained.difference).toBeCloseTo(halfWidth, 3);
  });

  it('is paired: what A and B share does not widen it', () => {
    const shared = [0.9, 0.1, 0.5, 0.7, 0.3];
    const { difference, ci95 } = pairedDifference([{ a: [shared.map((v) => v + 0.05)], b: [shared] }]);
    expect(difference).toBeCloseTo(0.05, 12);
    expect(ci95![0]).toBeCloseTo(0.05, 12);
    expect(ci95![1]).toBeCloseTo(0.05, 12);
  });

  it('has no interval where a set is of one group, told only by others', () => {
    const one = { ...sets[1]!, groups: ['a', 'a', 'a'] };
    expect(pairedDifference([sets[0]!, one]).ci95).toBeNull();
    const lone = { a: [[0.1, null, 0.3]], b: [[0, null, 0]], groups: ['a', 'b', 'a'] };
    expect(pairedDifference([lone])).toMatchObject({ difference: 0.2, ci95: null });
  });

  it.each<[string, PairedSet[], string]>([
    ['no set', [], 'there is no data set'],
    ['no seed', [{ a: [], b: [] }], 'set 0 has no seed'],
    ['no value', [{ a: [[null]], b: [[null]] }], 'set 0 has no element with a value'],
    [
      'other seeds',
      [sets[0]!, { a: [[1]], b: [[1]] }],
      'set 1 has 1 seeds of a, set 0 has 2 of a; give as many of each everywhere',
    ],
    ['other elements', [{ a: [[1, 2]], b: [[1]] }], 'set 0, seed 0 of b has 1 elements, not 2'],
    [
      'a value that another lacks',
      [{ a: [[1, null]], b: [[1, 2]] }],
      'set 0, seed 0 of b has 2 at element 1, seed 0 of a null; null where all are',
    ],
    ['NaN', [{ a: [[1, Number.NaN]], b: [[1, 2]] }], 'set 0, seed 0 of a has NaN at element 1'],
    ['other groups', [{ a: [[1]], b: [[1]], groups: [1, 2] }], 'set 0 has 2 groups for 1 elements'],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => pairedDifference(wrong)).toThrow(`pairedDifference: ${message}`);
  });

  it('refuses an option that nobody reads', () => {
    expect(() => pairedDifference(sets, { resample: 1 } as never)).toThrow("did you mean 'resamples'?");
  });
});
