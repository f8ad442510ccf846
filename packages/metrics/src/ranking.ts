import { MetricError } from './errors.js';
import { checkPairs, checkSome, type Numbers } from './validate.js';

/** Scores from highest to lowest, tied ones in one group: sorted once, used for every resample. */
export interface Ranking {
  /** Indices by falling score, `[n]`. */
  readonly order: Uint32Array;
  /** Where in `order` each group of equal scores ends (exclusive), `[groups]`. */
  readonly ends: Uint32Array;
  readonly scores: Numbers;
  readonly labels: Numbers;
}

/** Weight of each prediction, `[n]`; how often a bootstrap resample drew it. All 1 where not given. */
export type Weights = Numbers;

/** @throws MetricError for empty or bad input. */
export function rank(scores: Numbers, labels: Numbers): Ranking {
  checkPairs(scores, labels);
  checkSome(scores.length);
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i);
  order.sort((a, b) => scores[b]! - scores[a]! || a - b);
  const ends: number[] = [];
  for (let i = 1; i <= order.length; i++) {
    if (i === order.length || scores[order[i]!] !== scores[order[i - 1]!]) ends.push(i);
  }
  return { order, ends: Uint32Array.from(ends), scores, labels };
}

/** Positives and negatives at or above each distinct score, from the highest on. */
export interface Cumulative {
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  readonly thresholds: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

export function cumulate(ranking: Ranking, weights?: Weights): Cumulative {
  return cumulator(ranking)(weights);
}

/** {@link cumulate} for many resamples: what it returns is overwritten by its next call. */
export function cumulator({ order, ends, scores, labels }: Ranking): (weights?: Weights) => Cumulative {
  const truePositives = new Float64Array(ends.length);
  const falsePositives = new Float64Array(ends.length);
  const thresholds = Float64Array.from(ends, (end) => scores[order[end - 1]!]!);
  const positive = Uint8Array.from(order, (i) => labels[i]!);
  return (weights) => {
    let positives = 0;
    let negatives = 0;
    let at = 0;
    for (let group = 0; group < ends.length; group++) {
      for (const end = ends[group]!; at < end; at++) {
        const weight = weights ? weights[order[at]!]! : 1;
        if (positive[at] === 1) positives += weight;
        else negatives += weight;
      }
      truePositives[group] = positives;
      falsePositives[group] = negatives;
    }
    return { truePositives, falsePositives, thresholds, positives, negatives };
  };
}

/** @throws MetricError `one-class`. */
export function requireBoth(
  metric: string,
  { positives, negatives }: Pick<Cumulative, 'positives' | 'negatives'>,
): void {
  if (positives > 0 && negatives > 0) return;
  const missing = positives > 0 ? 'negative' : 'positive';
  throw new MetricError('one-class', `${metric} is undefined without a ${missing} label`);
}

/** @throws MetricError `one-class`. */
export function requirePositives(metric: string, { positives }: Pick<Cumulative, 'positives'>): void {
  if (positives > 0) return;
  throw new MetricError('one-class', `${metric} is undefined without a positive label`);
}

/** Area under the ROC curve by trapezoids; ties count half (Hanley & McNeil 1982). */
export function areaUnderRoc(counts: Cumulative): number {
  requireBoth('AUROC', counts);
  const { truePositives: tp, falsePositives: fp, positives, negatives } = counts;
  let area = 0;
  let tpBefore = 0;
  let fpBefore = 0;
  for (let i = 0; i < tp.length; i++) {
    area += ((fp[i]! - fpBefore) * (tp[i]! + tpBefore)) / 2;
    tpBefore = tp[i]!;
    fpBefore = fp[i]!;
  }
  return area / (positives * negatives);
}

/** Σ (Rₖ − Rₖ₋₁) Pₖ over distinct scores, without interpolation, as scikit-learn's average_precision_score. */
export function areaOfPrecision(counts: Cumulative): number {
  requirePositives('average precision', counts);
  const { truePositives: tp, falsePositives: fp, positives } = counts;
  let sum = 0;
  let before = 0;
  for (let i = 0; i < tp.length; i++) {
    sum += ((tp[i]! - before) * tp[i]!) / Math.max(tp[i]! + fp[i]!, 1); // a resample may leave out the first ones
    before = tp[i]!;
  }
  return sum / positives;
}
