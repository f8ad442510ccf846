import { MetricError } from './errors.js';
import { checkPairs, checkSome, type Numbers } from './validate.js';

/** Counts of true and false positives and negatives. Counts of parts add up to those of the whole. */
export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

/**
 * @param scores `[n]`. @param threshold scores at or above it count as positive.
 * @throws MetricError `empty`, `length`, `label`, `not-finite`.
 */
export function confusion(scores: Numbers, labels: Numbers, threshold = 0.5): Confusion {
  checkPairs(scores, labels);
  checkSome(scores.length);
  return countOutcomes(scores, labels, threshold);
}

/** {@link confusion} of checked input; `weights` `[n]` as in a bootstrap resample. */
export function countOutcomes(
  scores: Numbers,
  labels: Numbers,
  threshold: number,
  weights?: Numbers,
): Confusion {
  const counts = new Float64Array(4); // by 2 · called + label, which needs no unpredictable branch
  for (let i = 0; i < scores.length; i++) {
    counts[(scores[i]! >= threshold ? 2 : 0) + labels[i]!]! += weights ? weights[i]! : 1;
  }
  return { tp: counts[3]!, fp: counts[2]!, tn: counts[0]!, fn: counts[1]! };
}

export function addConfusions(a: Confusion, b: Confusion): Confusion {
  return { tp: a.tp + b.tp, fp: a.fp + b.fp, tn: a.tn + b.tn, fn: a.fn + b.fn };
}

/** @throws MetricError `empty`. */
export function accuracy({ tp, fp, tn, fn }: Confusion): number {
  checkSome(tp + fp + tn + fn);
  return (tp + tn) / (tp + fp + tn + fn);
}

/** Recall, true positive rate. @throws MetricError `one-class` without a positive label. */
export function sensitivity({ tp, fn }: Confusion): number {
  return ratio(tp, tp + fn, 'sensitivity', 'positive');
}

/** True negative rate. @throws MetricError `one-class` without a negative label. */
export function specificity({ tn, fp }: Confusion): number {
  return ratio(tn, tn + fp, 'specificity', 'negative');
}

/** Mean of sensitivity and specificity. @throws MetricError `one-class` without both labels. */
export function balancedAccuracy(counts: Confusion): number {
  return (sensitivity(counts) + specificity(counts)) / 2;
}

/** 0 where nothing was called positive, as scikit-learn's default. */
export function precision({ tp, fp }: Confusion): number {
  return tp + fp === 0 ? 0 : tp / (tp + fp);
}

/** Harmonic mean of precision and sensitivity (the Dice coefficient of two label sets); 0 where there is nothing positive. */
export function f1({ tp, fp, fn }: Confusion): number {
  return tp + fp + fn === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn);
}

function ratio(part: number, whole: number, metric: string, label: string): number {
  if (whole > 0) return part / whole;
  throw new MetricError('one-class', `${metric} is undefined without a ${label} label`);
}
