import { describe, expect, it } from 'vitest';
import { bootstrap } from './bootstrap.js';
import { imagePixelScores } from './image-scores.js';
import { imageMaskOverlap, maskOverlap } from './masks.js';
import { pixelScores } from './pixels.js';

/** Images of 40 pixels whose scores tell tumour less well from one to the next. */
const images = Array.from({ length: 12 }, (_, image) => {
  const truth = Array.from({ length: 40 }, (_, i) => ((i * 7 + image) % (3 + (image % 4)) === 0 ? 1 : 0));
  const scores = truth.map((t, i) => 1e-3 * (t * (1.5 - image / 12) + Math.sin(i * 12.9 + image * 78.2)));
  return { truth, scores, predicted: scores.map((score) => (score >= 8e-4 ? 1 : 0)) };
});
/** Each image as often as its weight says. */
const drawn = (weights: readonly number[]) =>
  images.flatMap((image, i) => Array.from({ length: weights[i]! }, () => image));
const some = [4, 3, 2, 0, 2, 1, 0, 0, 0, 0, 0, 0];

describe('pixel scores by image', () => {
  const scores = imagePixelScores();
  for (const image of images) scores.update(image.scores, image.truth);
  const resampled = scores.resampler();

  it('are the pooled ones for all images alike', () => {
    const { averagePrecision, auroc } = resampled(new Array(12).fill(1));
    expect(averagePrecision).toBeCloseTo(scores.pooled.averagePrecision(), 12);
    expect(auroc).toBeCloseTo(scores.pooled.auroc(), 12);
    expect([scores.length, scores.pooled.length]).toEqual([12, 480]);
  });

  it('are near those of the images drawn, pooled exactly', () => {
    const exact = pixelScores();
    for (const image of drawn(some)) exact.update(image.scores, image.truth);
    const { averagePrecision, auroc } = resampled(some);
    expect(Math.abs(averagePrecision! - exact.averagePrecision())).toBeLessThan(0.01);
    expect(Math.abs(auroc! - exact.auroc())).toBeLessThan(0.01);
    expect(Math.abs(averagePrecision! - scores.pooled.averagePrecision())).toBeGreaterThan(0.02);
  });

  it('are null where a resample has no tumour', () => {
    const healthy = imagePixelScores();
    healthy.update([1, 2], [0, 0]);
    healthy.update([1, 2], [0, 1]);
    const resample = healthy.resampler();
    expect(resample([2, 0])).toMatchObject({ averagePrecision: null, auroc: null });
    expect(resample([1, 1]).auroc).toBeCloseTo(5 / 6, 10);
  });

  it('give a bootstrap interval around the pooled value', () => {
    const [interval] = bootstrap(12, (weights) => [resampled(weights).averagePrecision], { resamples: 200 });
    expect(interval![0]).toBeLessThan(scores.pooled.averagePrecision());
    expect(interval![1]).toBeGreaterThan(scores.pooled.averagePrecision());
  });

  it('refuse what pooled scores refuse', () => {
    expect(() => scores.update([1], [2])).toThrow(/label|0 or 1/);
    expect(scores.length).toBe(12);
  });
});

describe('mask overlap by image', () => {
  const overlap = imageMaskOverlap();
  for (const image of images) overlap.update(image.predicted, image.truth);
  const pooled = (chosen: readonly { predicted: number[]; truth: number[] }[]) => {
    const all = maskOverlap();
    for (const image of chosen) all.update(image.predicted, image.truth);
    return { dice: all.dice(), iou: all.iou(), f1Negative: all.f1Negative() };
  };

  it('is exactly that of the images pooled, all or drawn, and of each alone', () => {
    expect(overlap.statistics()).toEqual(pooled(images));
    expect(overlap.statistics(some)).toEqual(pooled(drawn(some)));
    expect(overlap.each()).toEqual(images.map((image) => pooled([image]).dice));
  });

  it('takes expected counts, as of a random mask', () => {
    const random = imageMaskOverlap();
    random.add({ tp: 5, fn: 5, fp: 45, tn: 45 });
    const { dice, iou } = random.statistics();
    expect([dice, iou]).toEqual([10 / 60, 5 / 55]);
    expect(() => imageMaskOverlap().statistics()).toThrow(/nothing to measure/);
  });
});
