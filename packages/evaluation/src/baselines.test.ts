import { describe, expect, it } from 'vitest';
import { baselines } from './baselines.js';
import { estimate, flatKeys } from './estimate.js';

describe('baselines', () => {
  // 2×4 patches, tumour in the middle two columns of the first and in one corner of the second.
  const beside = baselines(2, 4);
  beside.update(Uint8Array.from([0, 1, 1, 0, 0, 1, 1, 0]));
  beside.update(Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0]));
  const found = estimate(
    {
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
    expect(values('allOnes')).toEqual({
      pixelAp: 5 / 16,
      pixelAuroc: 0.5,
      dice: 10 / 21,
      iou: 5 / 16,
      f1Negative: 0,
    });
    expect(values('random')).toMatchObject({ pixelAp: 5 / 16, dice: 5 / 13, iou: 2.5 / 10.5 });
    // The four nearest pixels are the middle columns: 4 of 5 found, 4 of 8 right.
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

  it('become flat keys', () => {
    const keys = flatKeys({ dice: { value: 0.5, ci95: [0.4, 0.6] } }, { prefix: 'allOnes', suffix: 'X' });
    expect(keys).toEqual({ allOnesDiceX: 0.5, allOnesDiceXCi95: [0.4, 0.6] });
    expect(flatKeys({ pixelAp: { value: null, ci95: null } })).toEqual({ pixelAp: null, pixelApCi95: null });
  });
});
