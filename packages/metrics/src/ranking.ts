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

/**
 * {@link cumulate} of a ranking that is needed once, as of an image's pixels: two sorts of plain numbers, which are
 * native, take a fraction of the time of sorting indices by a comparison.
 * @throws MetricError for empty or bad input.
 */
export function cumulateOnce(scores: Numbers, labels: Numbers): Cumulative {
  checkPairs(scores, labels);
  checkSome(scores.length);
  let positives = 0;
  for (let i = 0; i < labels.length; i++) positives += labels[i]!;
  const ofKind = [new Float64Array(scores.length - positives), new Float64Array(positives)] as const;
  const filled = [0, 0];
  for (let i = 0; i < scores.length; i++) {
    const kind = labels[i] as 0 | 1;
    ofKind[kind][filled[kind]!++] = scores[i]!;
  }
  const [below, above] = [ofKind[0].sort(), ofKind[1].sort()];
  const truePositives = new Float64Array(scores.length);
  const falsePositives = new Float64Array(scores.length);
  const thresholds = new Float64Array(scores.length);
  let [groups, tp, fp] = [0, 0, 0];
  const { length: negatives } = below;
  while (tp < positives || fp < negatives) {
    // Where one kind is used up, a comparison with undefined is false.
    const [p, n] = [above[positives - 1 - tp], below[negatives - 1 - fp]];
    const highest = p === undefined || n! > p ? n! : p;
    while (above[positives - 1 - tp] === highest) tp++;
    while (below[negatives - 1 - fp] === highest) fp++;
    truePositives[groups] = tp;
    falsePositives[groups] = fp;
    thresholds[groups] = highest;
    groups++;
  }
  return {
    truePositives: truePositives.subarray(0, groups),
    falsePositives: falsePositives.subarray(0, groups),
    thresholds: thresholds.subarray(0, groups),
    positives,
    negatives,
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
