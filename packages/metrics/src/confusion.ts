import { describeValue } from '@pcam/options';
import { MetricError } from './errors.js';
import { checkNumber, checkPairs, checkSome, type Numbers } from './validate.js';

/** Counts of true and false positives and negatives. Counts of parts add up to those of the whole. */
export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

/**
 * @param scores `[n]`. @param threshold scores at or above it count as positive.
 * @throws MetricError `empty`, `kind`, `length`, `label`, `not-finite`, `option`.
 */
export function confusion(scores: Numbers, labels: Numbers, threshold = 0.5): Confusion {
  checkPairs(scores, labels);
  checkSome(scores.length);
  checkNumber('threshold', threshold);
  if (Number.isNaN(threshold)) throw new MetricError('option', 'threshold is NaN; a number is needed');
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

/** The counts of two parts together. @throws MetricError `kind`, where one of them is no counts. */
export function addConfusions(a: Confusion, b: Confusion): Confusion {
  checkCounts('addConfusions', a);
  checkCounts('addConfusions', b);
  return { tp: a.tp + b.tp, fp: a.fp + b.fp, tn: a.tn + b.tn, fn: a.fn + b.fn };
}

/** @throws MetricError `kind`, where what is given are no counts. */
export function checkCounts(metric: string, counts: Confusion): void {
  if (typeof counts !== 'object' || counts === null || !('tp' in counts)) {
    throw new MetricError(
      'kind',
      `${metric} takes counts { tp, fp, tn, fn }, got ${describeValue(counts)}; count first: ${metric}(confusion(scores, labels, threshold))`,
    );
  }
  const { tp, fp, tn, fn } = counts;
  if (tp >= 0 && fp >= 0 && tn >= 0 && fn >= 0 && Number.isFinite(tp + fp + tn + fn)) return;
  const [name, value] = Object.entries({ tp, fp, tn, fn }).find(([, n]) => !(n >= 0 && Number.isFinite(n)))!;
  throw new MetricError('kind', `${metric}: ${name} is ${describeValue(value)}; a count is needed`);
}

/** @throws MetricError `empty`, `kind`. */
export function accuracy(counts: Confusion): number {
  checkCounts('accuracy', counts);
  const { tp, fp, tn, fn } = counts;
  checkSome(tp + fp + tn + fn);
  return (tp + tn) / (tp + fp + tn + fn);
}

/** Recall, true positive rate. @throws MetricError `one-class` without a positive label; `kind`. */
export function sensitivity(counts: Confusion): number {
  checkCounts('sensitivity', counts);
  const { tp, fn } = counts;
  return ratio(tp, tp + fn, 'sensitivity', 'positive');
}

/** True negative rate. @throws MetricError `one-class` without a negative label; `kind`. */
export function specificity(counts: Confusion): number {
  checkCounts('specificity', counts);
  const { tn, fp } = counts;
  return ratio(tn, tn + fp, 'specificity', 'negative');
}

/** Mean of sensitivity and specificity. @throws MetricError `one-class` without both labels; `kind`. */
export function balancedAccuracy(counts: Confusion): number {
  checkCounts('balancedAccuracy', counts);
  return (sensitivity(counts) + specificity(counts)) / 2;
}

/** 0 where nothing was called positive, as scikit-learn's default. @throws MetricError `kind`. */
export function precision(counts: Confusion): number {
  checkCounts('precision', counts);
  const { tp, fp } = counts;
  return tp + fp === 0 ? 0 : tp / (tp + fp);
}

/** Harmonic mean of precision and sensitivity (the Dice coefficient of two label sets); 0 where there is nothing positive. @throws MetricError `kind`. */
export function f1(counts: Confusion): number {
  checkCounts('f1', counts);
  const { tp, fp, fn } = counts;
  return tp + fp + fn === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn);
}

function ratio(part: number, whole: number, metric: string, label: string): number {
  if (whole > 0) return part / whole;
  throw new MetricError('one-class', `${metric} is undefined without a ${label} label`);
}
