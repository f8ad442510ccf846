import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { imagePixelScores } from './image-scores.js';
import { type Cumulative, cumulate, cumulateOnce, rank } from './ranking.js';
import { isPartlyTumorous, withinImage } from './within.js';

interface Fixture {
  /** Of each image, `[height · width]`. */
  scores: number[][];
  truth: number[][];
  /** Of partly tumorous images. */
  within: ({ averagePrecision: number; auroc: number } | null)[];
  mean: { averagePrecision: number; auroc: number };
}
const fixture = JSON.parse(
  readFileSync(new URL('../test/fixtures/within.json', import.meta.url), 'utf8'),
) as Fixture;

const image = (tumour: number, pixels = 100) =>
  Array.from({ length: pixels }, (_, i) => (i < tumour ? 1 : 0));

describe('ranking once', () => {
  it.each([
    ['ties, zeros of either sign', [0.5, -0, 0, 0.5, -2, 3, 3, -2], [1, 0, 1, 0, 0, 1, 0, 1]],
    ['positives alone', [1, 2, 2], [1, 1, 1]],
    ['negatives alone', [2, 1], [0, 0]],
    ['positives below', [1, 2, 3, 4], [1, 1, 0, 0]],
  ])('counts as ranking for many resamples does: %s', (_, scores, labels) => {
    const plain = ({ truePositives, falsePositives, thresholds, ...rest }: Cumulative) => ({
      ...rest,
      curve: [[...truePositives], [...falsePositives], Array.from(thresholds, (value) => value + 0)],
    });
    expect(plain(cumulateOnce(scores, labels))).toEqual(plain(cumulate(rank(scores, labels))));
  });
});

describe('within an image', () => {
  it('is partly tumorous from 5 % to 95 % of the area', () => {
    expect([0, 4, 5, 50, 95, 96, 100].map((n) => isPartlyTumorous(image(n)))).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(isPartlyTumorous([])).toBe(false);
  });

  it('ranks its own pixels, ties in one group', () => {
    // Ranked 3 (tumour), 2 (one of each, tied), 1 (neither): 1/2 · 1 + 1/2 · 2/3; 3.5 of 4 pairs.
    expect(withinImage([3, 2, 2, 1], [1, 1, 0, 0])).toEqual({
      averagePrecision: 1 / 2 + 1 / 3,
      auroc: 3.5 / 4,
    });
    expect(withinImage([5, 6], [0, 0])).toBeNull();
  });

  it('of a constant is the share of tumour and ½', () => {
    const { averagePrecision, auroc } = withinImage(new Float32Array(100).fill(-3.7), image(30))!;
    expect(averagePrecision).toBeCloseTo(0.3, 12);
    expect(auroc).toBe(0.5);
  });

  it('tells map values apart that a histogram rounds alike', () => {
    const scores = Float32Array.from([1 + 2 ** -22, 1]);
    expect(withinImage(scores, [1, 0])).toEqual({ averagePrecision: 1, auroc: 1 });
    const pooled = imagePixelScores();
    pooled.update(scores, [1, 0]);
    expect(pooled.statistics()).toEqual({
      ...{ withinImageAveragePrecision: 1, withinImageAuroc: 1 },
      ...{ averagePrecision: 0.5, auroc: 0.5 },
    });
  });
});

describe('scikit-learn agrees', () => {
  const scores = imagePixelScores();
  for (const [i, truth] of fixture.truth.entries()) scores.update(fixture.scores[i]!, truth);

  it('within each image, and on which there are', () => {
    const found = scores.withinImages();
    expect(found.map((values) => values === null)).toEqual(fixture.within.map((values) => values === null));
    expect(found.filter(Boolean).length).toBeGreaterThan(4);
    for (const [i, expected] of fixture.within.entries()) {
      if (expected === null) continue;
      expect(found[i]!.averagePrecision).toBeCloseTo(expected.averagePrecision, 12);
      expect(found[i]!.auroc).toBeCloseTo(expected.auroc, 12);
    }
  });

  it('in the mean over images', () => {
    const { withinImageAveragePrecision, withinImageAuroc } = scores.statistics();
    expect(withinImageAveragePrecision).toBeCloseTo(fixture.mean.averagePrecision, 12);
    expect(withinImageAuroc).toBeCloseTo(fixture.mean.auroc, 12);
  });

  it('in the mean over images drawn, exactly', () => {
    const resampled = scores.resampler();
    const weights = fixture.truth.map((_, i) => i % 3);
    const drawn = fixture.within.flatMap((values, i) => Array.from({ length: weights[i]! }, () => values));
    const values = drawn.filter((value) => value !== null);
    const { withinImageAveragePrecision, withinImageAuroc } = resampled(weights);
    expect(withinImageAveragePrecision).toBeCloseTo(
      values.reduce((sum, { averagePrecision }) => sum + averagePrecision, 0) / values.length,
      12,
    );
    expect(withinImageAuroc).toBeCloseTo(
      values.reduce((sum, { auroc }) => sum + auroc, 0) / values.length,
      12,
    );
    // None of the partly tumorous ones is drawn.
    const rest = fixture.within.map((value) => (value === null ? 1 : 0));
    expect(resampled(rest)).toMatchObject({ withinImageAveragePrecision: null, withinImageAuroc: null });
  });
});
