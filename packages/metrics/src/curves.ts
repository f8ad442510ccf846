import {
  areaOfPrecision,
  areaUnderRoc,
  cumulate,
  cumulator,
  rank,
  requireBoth,
  requirePositives,
  type Weights,
} from './ranking.js';
import type { Numbers } from './validate.js';

/**
 * Area under the ROC curve: the chance that a positive outscores a negative, ties counting half.
 * @param scores `[n]`, of any scale; higher speaks for the positive class. @param labels `[n]`, 0 or 1.
 * @throws MetricError `one-class` without both labels; `empty`, `length`, `label`, `not-finite`.
 */
export function auroc(scores: Numbers, labels: Numbers): number {
  return areaUnderRoc(cumulate(rank(scores, labels)));
}

/**
 * What {@link auroc} is of a resample, for `bootstrap` and the like: scores are sorted once for all resamples.
 * @returns a function of weights `[n]`, how often a resample holds each element; it throws MetricError `one-class` where
 * a resample leaves one class out.
 * @throws MetricError as {@link auroc}, for empty or bad input.
 */
export function resampledAuroc(scores: Numbers, labels: Numbers): (weights: Weights) => number {
  const count = cumulator(rank(scores, labels));
  return (weights) => areaUnderRoc(count(weights));
}

/**
 * Average precision, the step-wise area under the precision–recall curve.
 * @throws MetricError `one-class` without a positive label; `empty`, `length`, `label`, `not-finite`.
 */
export function averagePrecision(scores: Numbers, labels: Numbers): number {
  return areaOfPrecision(cumulate(rank(scores, labels)));
}

/** A point of the ROC curve; rates lie in [0, 1]. */
export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
  /** Scores at or above it count as positive; Infinity for the point at (0, 0). */
  readonly threshold: number;
}

/** One point for each distinct score, from (0, 0) to (1, 1). @throws MetricError as {@link auroc}. */
export function rocCurve(scores: Numbers, labels: Numbers): RocPoint[] {
  const counts = cumulate(rank(scores, labels));
  requireBoth('the ROC curve', counts);
  const points: RocPoint[] = [
    { falsePositiveRate: 0, truePositiveRate: 0, threshold: Number.POSITIVE_INFINITY },
  ];
  for (let i = 0; i < counts.thresholds.length; i++) {
    points.push({
      falsePositiveRate: counts.falsePositives[i]! / counts.negatives,
      truePositiveRate: counts.truePositives[i]! / counts.positives,
      threshold: counts.thresholds[i]!,
    });
  }
  return points;
}

/** A point of the precision–recall curve; both lie in [0, 1]. */
export interface PrecisionRecallPoint {
  readonly recall: number;
  readonly precision: number;
  /** Scores at or above it count as positive; Infinity for the first point, (0, 1). */
  readonly threshold: number;
}

/** One point for each distinct score, by rising recall, after (0, 1). @throws MetricError as {@link averagePrecision}. */
export function precisionRecallCurve(scores: Numbers, labels: Numbers): PrecisionRecallPoint[] {
  const counts = cumulate(rank(scores, labels));
  requirePositives('the precision–recall curve', counts);
  const points: PrecisionRecallPoint[] = [{ recall: 0, precision: 1, threshold: Number.POSITIVE_INFINITY }];
  for (let i = 0; i < counts.thresholds.length; i++) {
    const [tp, fp] = [counts.truePositives[i]!, counts.falsePositives[i]!];
    points.push({
      recall: tp / counts.positives,
      precision: tp / (tp + fp),
      threshold: counts.thresholds[i]!,
    });
  }
  return points;
}

/** At most `most` points of a curve, evenly along it with both ends kept; for plots of long curves. */
export function thin<Point>(points: readonly Point[], most: number): Point[] {
  if (points.length <= most || most < 2) return [...points];
  return Array.from({ length: most }, (_, i) => points[Math.round((i * (points.length - 1)) / (most - 1))]!);
}
