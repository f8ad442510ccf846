import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  auroc,
  averagePrecision,
  binaryScores,
  confusion,
  dice,
  evaluateBinary,
  expectedCalibrationError,
  fitTemperature,
  iou,
  maskOverlap,
  pixelScores,
  precisionRecallCurve,
  rocCurve,
  sigmoid,
} from '../src/index.js';

interface Case {
  name: string;
  logits: number[];
  labels: number[];
  threshold: number;
  confusion: object;
  iou: number;
  dice: number;
  f1Negative: number;
  eceMass: number | null;
  fit: { temperature: number; temperatureWithBias: number; bias: number } | null;
  roc: { fpr: number[]; tpr: number[] };
  pr: { precision: number[]; recall: number[] };
  [metric: string]: unknown;
}

const { cases } = JSON.parse(readFileSync(new URL('fixtures/sklearn.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};
const METRICS = [
  'auroc',
  'averagePrecision',
  'accuracy',
  'balancedAccuracy',
  'sensitivity',
  'specificity',
  'precision',
  'f1',
  'brier',
  'logLoss',
  'ece',
] as const;

describe.each(cases)('scikit-learn agrees: $name', (fixture) => {
  const { logits, labels, threshold } = fixture;
  const probabilities = logits.map(sigmoid);
  const evaluation = evaluateBinary({ logits, labels, threshold, bootstrap: false });

  it.each(METRICS)('%s', (metric) => {
    expect(evaluation[metric]).toBeCloseTo(fixture[metric] as number, 10);
  });

  it('batch functions and streamed, merged parts give the same', () => {
    const [first, rest] = [binaryScores(), binaryScores()];
    const cut = Math.floor(logits.length / 3);
    first.update(logits.slice(0, cut), labels.slice(0, cut));
    for (let i = cut; i < logits.length; i++) rest.update([logits[i]!], [labels[i]!]);
    first.merge(rest);
    expect(auroc(first.scores(), first.labels())).toBe(auroc(logits, labels));
    expect(auroc(logits, labels)).toBeCloseTo(fixture.auroc as number, 12);
    expect(averagePrecision(logits, labels)).toBeCloseTo(fixture.averagePrecision as number, 12);
    expect(expectedCalibrationError(probabilities, labels)).toBeCloseTo(fixture.ece as number, 10);
  });

  if (fixture.eceMass !== null)
    it('ECE of bins of equal mass', () => {
      const ece = expectedCalibrationError(probabilities, labels, { bins: 10, binning: 'mass' });
      expect(ece).toBeCloseTo(fixture.eceMass!, 12);
    });

  if (fixture.fit !== null)
    it('temperature and bias, by logistic regression', () => {
      expect(fitTemperature(logits, labels).temperature).toBeCloseTo(fixture.fit!.temperature, 6);
      const both = fitTemperature(logits, labels, { bias: true });
      expect(both.temperature).toBeCloseTo(fixture.fit!.temperatureWithBias, 6);
      expect(both.bias).toBeCloseTo(fixture.fit!.bias, 6);
    });

  it('confusion matrix and IoU', () => {
    expect(confusion(probabilities, labels, threshold)).toEqual(fixture.confusion);
  });

  it('overlap of masks', () => {
    const overlap = maskOverlap();
    const called = probabilities.map((p) => (p >= threshold ? 1 : 0));
    overlap.update(called, labels);
    expect(overlap.iou()).toBeCloseTo(fixture.iou, 12);
    expect(overlap.dice()).toBeCloseTo(fixture.dice, 12);
    expect(overlap.f1Negative()).toBeCloseTo(fixture.f1Negative, 12);
    expect([iou(called, labels), dice(called, labels)]).toEqual([overlap.iou(), overlap.dice()]);
  });

  it('pixels pooled by histogram, within their bounds', () => {
    const pixels = pixelScores();
    pixels.update(logits, labels);
    for (const [[low, high], exact] of [
      [pixels.aurocBounds(), fixture.auroc as number],
      [pixels.averagePrecisionBounds(), fixture.averagePrecision as number],
    ] as const) {
      expect(exact).toBeGreaterThanOrEqual(low - 1e-12);
      expect(exact).toBeLessThanOrEqual(high + 1e-12);
    }
    expect(pixels.averagePrecision()).toBeCloseTo(fixture.averagePrecision as number, 3);
  });

  it('ROC curve, point by point', () => {
    const points = rocCurve(probabilities, labels);
    expect(points).toHaveLength(fixture.roc.fpr.length);
    for (const [i, point] of points.entries()) {
      expect(point.falsePositiveRate).toBeCloseTo(fixture.roc.fpr[i]!, 12);
      expect(point.truePositiveRate).toBeCloseTo(fixture.roc.tpr[i]!, 12);
    }
  });

  it('precision–recall curve, point by point', () => {
    // scikit-learn goes from the lowest threshold to (recall 0, precision 1).
    const points = precisionRecallCurve(probabilities, labels).reverse();
    expect(points).toHaveLength(fixture.pr.precision.length);
    for (const [i, point] of points.entries()) {
      expect(point.precision).toBeCloseTo(fixture.pr.precision[i]!, 12);
      expect(point.recall).toBeCloseTo(fixture.pr.recall[i]!, 12);
    }
  });
});
