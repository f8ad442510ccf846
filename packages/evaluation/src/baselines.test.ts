import { describe, expect, it } from 'vitest';
import { BASELINES, baselines } from './baselines.js';
import { estimate, flatKeys } from './estimate.js';

describe('baselines', () => {
  // 2×4 patches, tumour in the middle two columns of the first and in one corner of the second.
  const beside = baselines(2, 4, { logits: [2, -1], called: [1, 0] });
  beside.update(Uint8Array.from([0, 1, 1, 0, 0, 1, 1, 0]));
  beside.update(Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0]));
  const found = estimate(
    {
      painted: { of: beside.painted! },
      allOnes: { of: beside.allOnes },
      random: { of: beside.random },
      centrePrior: { of: beside.centrePrior },
      gain: { of: beside.centrePrior, minus: beside.allOnes, measures: ['dice', 'pixelAp'] },
    },
    2,
    { resamples: 200, seed: 1 },
  );

  it('reach what one can work out by hand', () => {
    const values = (name: keyof typeof found) =>
      Object.fromEntries(Object.entries(found[name]).map(([measure, { value }]) => [measure, value]));
    // Of 8 pixels 4 and 1 are tumour.
    const constant = { withinPatchAp: (4 / 8 + 1 / 8) / 2, withinPatchAuroc: 0.5 };
    expect(values('allOnes')).toEqual({
      ...constant,
      pixelAp: 5 / 16,
      pixelAuroc: 0.5,
      dice: 10 / 21,
      iou: 5 / 16,
      f1Negative: 0,
    });
    // The first patch, with 4 of the 5, comes before the second.
    expect(values('painted')).toEqual({
      ...constant,
      pixelAp: (4 / 5) * (4 / 8) + (1 / 5) * (5 / 16),
      pixelAuroc: (4 * 7 + 4 * 4 * 0.5 + 1 * 7 * 0.5) / (5 * 11),
      dice: 8 / 13,
      iou: 4 / 9,
      f1Negative: 14 / 19,
    });
    expect(values('random')).toMatchObject({ ...constant, pixelAp: 5 / 16, dice: 5 / 13, iou: 2.5 / 10.5 });
    // The four nearest pixels are the middle columns: 4 of 5 found, 4 of 8 right.
    // Wholly right in the first patch; in the second the corner is among the last four, all alike.
    expect(values('centrePrior')).toMatchObject({
      withinPatchAp: (1 + 1 / 8) / 2,
      withinPatchAuroc: (1 + 1.5 / 7) / 2,
    });
    expect(values('centrePrior')).toMatchObject({ dice: 8 / 13, iou: 4 / 9 });
    expect(found.gain.dice!.value).toBeCloseTo(8 / 13 - 10 / 21, 12);
  });

  it('have intervals that span their values, of whole patches', () => {
    const [low, high] = found.centrePrior.dice!.ci95!;
    // Either patch alone: 1 and 0.
    expect([low, high]).toEqual([0, 1]);
    expect(found.gain.pixelAp!.ci95![0]).toBeLessThan(found.gain.pixelAp!.value!);
    const none = estimate({ allOnes: { of: beside.allOnes } }, 2, false);
    expect(none.allOnes.dice).toEqual({ value: 10 / 21, ci95: null });
  });

  it('paint nothing without calls, and no more patches than there are calls', () => {
    expect(Object.keys(baselines(2, 4))).not.toContain('painted');
    const short = baselines(1, 2, { logits: [1], called: [1] });
    short.update(Uint8Array.from([0, 1]));
    expect(() => short.update(Uint8Array.from([0, 1]))).toThrow(
      'there are more patches than calls, 1 of them',
    );
  });

  it('are all told of in the table', () => {
    const named = Object.keys(beside).filter((name) => name !== 'update');
    expect(named).toEqual(Object.keys(BASELINES));
  });

  it('become flat keys', () => {
    const keys = flatKeys({ dice: { value: 0.5, ci95: [0.4, 0.6] } }, { prefix: 'allOnes', suffix: 'X' });
    expect(keys).toEqual({ allOnesDiceX: 0.5, allOnesDiceXCi95: [0.4, 0.6] });
    expect(flatKeys({ pixelAp: { value: null, ci95: null } })).toEqual({ pixelAp: null, pixelApCi95: null });
  });
});
