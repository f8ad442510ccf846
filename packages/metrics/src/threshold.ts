import { MetricError } from './errors.js';
import { type Cumulative, cumulate, rank, requireBoth } from './ranking.js';
import { checkOneOf, checkOptions, type Numbers } from './validate.js';

/** `youden`: sensitivity + specificity; or the lowest false positive rate at a given sensitivity. */
export type ThresholdCriterion = 'youden' | 'f1' | 'accuracy' | { readonly sensitivity: number };

/**
 * The threshold that is best on a validation set; the highest of several that are equally good. It lies midway
 * between the lowest score that counts as positive and the next one below, so that it does not hang on a
 * single score. Where calling nothing positive is best (`accuracy` with few positives), it lies just above
 * the highest score.
 * @param scores `[n]`; logits or probabilities: the threshold is of the same kind.
 * @returns scores at or above it count as positive; finite.
 * @throws MetricError `one-class` without both labels; for bad or empty input; `option`.
 */
export function chooseThreshold(
  scores: Numbers,
  labels: Numbers,
  criterion: ThresholdCriterion = 'youden',
): number {
  checkCriterion(criterion);
  const counts = cumulate(rank(scores, labels));
  requireBoth('the best threshold', counts);
  const quality = qualityOf(criterion, counts);
  const { thresholds } = counts;
  let best = 0;
  for (let i = 1; i < thresholds.length; i++) if (quality(i) > quality(best)) best = i;
  const lowestPositive = thresholds[best]!;
  if (criterion === 'accuracy' && quality(best) < 0) return justAbove(thresholds[0]!);
  if (best + 1 === thresholds.length) return lowestPositive;
  const middle = thresholds[best + 1]! / 2 + lowestPositive / 2;
  return middle > thresholds[best + 1]! ? middle : lowestPositive; // neighbouring numbers have no middle
}

function checkCriterion(criterion: ThresholdCriterion): void {
  if (typeof criterion === 'object') {
    checkOptions<{ sensitivity: number }>('chooseThreshold', criterion, { sensitivity: true });
  } else {
    checkOneOf('chooseThreshold: criterion', criterion, ['youden', 'f1', 'accuracy', '{ sensitivity }']);
  }
}

function qualityOf(criterion: ThresholdCriterion, counts: Cumulative): (i: number) => number {
  const { truePositives: tp, falsePositives: fp, positives, negatives } = counts;
  switch (criterion) {
    case 'youden':
      return (i) => tp[i]! / positives - fp[i]! / negatives;
    case 'f1':
      return (i) => (2 * tp[i]!) / (tp[i]! + fp[i]! + positives);
    case 'accuracy':
      return (i) => tp[i]! - fp[i]!;
    default: {
      const { sensitivity } = criterion;
      if (!(sensitivity > 0 && sensitivity <= 1)) {
        throw new MetricError(
          'option',
          `sensitivity is ${sensitivity}; a number above 0 and up to 1 is needed`,
        );
      }
      // The first threshold that reaches the sensitivity has the fewest false positives.
      return (i) => (tp[i]! / positives >= sensitivity ? -fp[i]! : Number.NEGATIVE_INFINITY);
    }
  }
}

function justAbove(value: number): number {
  return value + Math.max(Math.abs(value) * Number.EPSILON, Number.MIN_VALUE);
}
