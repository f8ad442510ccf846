import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelThreshold } from './label-threshold.js';
import { pseudoMasks } from './pseudo-masks.js';

/** Two rows more than the centre on each side: what lies outside counts as unknown to labels. */
const SIZE = [36, 36] as const;
const PIXELS = 36 * 36;
const at = (y: number, x: number): number => y * 36 + x;

/** A map of one value, but for some pixels. */
function map(value: number, pixels: Readonly<Record<number, number>> = {}): number[] {
  const values = new Array<number>(PIXELS).fill(value);
  for (const [i, v] of Object.entries(pixels)) values[Number(i)] = v;
  return values;
}

describe('labelThreshold', () => {
  it('looks at the centre 32×32 and at nothing beside it; a share of 0 is one pixel', () => {
    const choice = labelThreshold({ size: SIZE, centre: 32, share: 0 });
    choice.update([...map(0, { [at(2, 2)]: 3 }), ...map(0, { [at(33, 33)]: 5 })], [1, 1]);
    choice.update([...map(0, { [at(17, 5)]: 1 }), ...map(0, { [at(1, 17)]: 9, [at(17, 34)]: 9 })], [0, 0]);
    expect(choice.length).toBe(4);
    // Positives have 3 and 5, negatives 1 and 0.
    expect(choice.threshold()).toBeCloseTo(2, 2);
  });

  it('asks for the share of the centre that makes a patch positive', () => {
    /** The first rows of the centre hold 8 and the rest 4; of a negative the first hold 6, one pixel 9. */
    const rows = (count: number, high: number, low: number) =>
      Array.from({ length: PIXELS }, (_, i) => (Math.floor(i / 36) < 2 + count ? high : low));
    const negative = rows(16, 6, 0).with(at(20, 20), 9);
    const cut = (share: number, count: number) => {
      const choice = labelThreshold({ size: SIZE, centre: 32, share });
      choice.update([...rows(count, 8, 4), ...negative], [1, 0]);
      return choice.threshold();
    };
    expect(cut(0.25, 8)).toBeCloseTo(7, 1); // 8 of 32 rows are a quarter: 8 against 6
    expect(cut(0.25, 7)).toBeLessThanOrEqual(4); // 4 against 6: to find the positive, both are called
    expect(cut(0.5, 16)).toBeCloseTo(7, 1);
    expect(cut(0.75, 8)).toBeCloseTo(2, 1); // 4 against 0
    expect(cut(0, 8)).toBeLessThanOrEqual(8); // 8 against the negative's 9
    expect(() => labelThreshold({ size: SIZE, centre: 32, share: 1.5 })).toThrow('share is 1.5');
  });

  it('tells labels as well as any cut of those values does', () => {
    const patch = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 1 }));
    fc.assert(
      fc.property(fc.array(patch, { minLength: 1, maxLength: 12 }), (patches) => {
        if (!patches.some(([, label]) => label === 1)) return;
        const choice = labelThreshold({ size: [1, 1], centre: 32 });
        choice.update(
          patches.map(([value]) => value),
          patches.map(([, label]) => label),
        );
        const f1 = (cut: number): number => {
          const called = patches.filter(([value]) => value >= cut);
          const right = called.filter(([, label]) => label === 1).length;
          return (2 * right) / (called.length + patches.filter(([, label]) => label === 1).length);
        };
        expect(f1(choice.threshold())).toBeCloseTo(Math.max(...patches.map(([value]) => f1(value))), 10);
      }),
      { numRuns: 20 },
    );
  });

  it('says what is wrong', () => {
    const choice = labelThreshold({ size: SIZE, centre: 32 });
    expect(() => choice.threshold()).toThrow('No patch is positive');
    expect(() => choice.update(map(0), [0, 1])).toThrow(
      '1296 map pixels for 2 labels; expected maps of 36×36',
    );
    expect(() => choice.update(map(0, { [at(9, 9)]: Number.NaN }), [1])).toThrow('A pixel of map 0 is NaN');
    expect(choice.length).toBe(0);
  });
});

describe('pseudoMasks', () => {
  const maps = [...map(1), ...map(1), ...map(1), ...map(-1, { [at(5, 5)]: 0, [at(0, 0)]: 2 })];
  const labels = [0, 0, 1, 1];

  it('cuts maps, and lets labels overrule them where they are certain', () => {
    const masks = pseudoMasks(maps, {
      size: SIZE,
      centre: 32,
      labels,
      tumorPatch: [1, 0, 1, 1],
      threshold: 0,
    });
    const of = (k: number) => masks.subarray(k * PIXELS, (k + 1) * PIXELS);
    // A negative with tumour beside its centre: the ring of two pixels is cut, the centre is healthy.
    expect(of(0).reduce((sum, value) => sum + value, 0)).toBe(PIXELS - 32 * 32);
    expect([of(0)[at(1, 20)], of(0)[at(2, 20)], of(0)[at(33, 20)], of(0)[at(34, 20)]]).toEqual([1, 0, 0, 1]);
    expect(of(1).some((value) => value === 1)).toBe(false); // tumour-free
    expect(of(2).every((value) => value === 1)).toBe(true);
    expect([...of(3).keys()].filter((i) => of(3)[i] === 1)).toEqual([at(0, 0), at(5, 5)]); // at it counts
  });

  it('knows of the centre alone without metadata', () => {
    const masks = pseudoMasks(maps, { size: SIZE, centre: 32, labels, threshold: 0 });
    expect(masks.subarray(PIXELS, 2 * PIXELS).reduce((sum, value) => sum + value, 0)).toBe(PIXELS - 32 * 32);
  });

  it('says what is wrong', () => {
    const make = (change: object) => () =>
      pseudoMasks(maps, { size: SIZE, centre: 32, labels, threshold: 0, ...change });
    expect(make({ labels: [0] })).toThrow('5184 map pixels for 1 labels');
    expect(make({ tumorPatch: [0] })).toThrow('1 values of tumorPatch for 4 labels');
    expect(make({ threshold: Number.NaN })).toThrow('threshold is NaN');
    expect(() => pseudoMasks(map(Number.NaN), { size: SIZE, centre: 32, labels: [1], threshold: 0 })).toThrow(
      'map 0 is NaN',
    );
  });
});
