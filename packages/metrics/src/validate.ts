import { MetricError } from './errors.js';

/** Scores or labels: a plain or typed array. */
export type Numbers = ArrayLike<number>;

/** @throws MetricError `length`, `label` or `not-finite`, naming the index. */
export function checkPairs(scores: Numbers, labels: Numbers): void {
  if (scores.length !== labels.length) {
    throw new MetricError(
      'length',
      `there are ${scores.length} scores and ${labels.length} labels; they must be as many`,
    );
  }
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i]))
      throw new MetricError('not-finite', `score ${i} is ${scores[i]}; scores must be finite`);
    if (labels[i] !== 0 && labels[i] !== 1)
      throw new MetricError('label', `label ${i} is ${labels[i]}; labels are 0 or 1`);
  }
}

/** @throws MetricError `empty`. */
export function checkSome(n: number): void {
  if (n === 0) throw new MetricError('empty', 'there is nothing to measure: no prediction was given');
}

/** @throws MetricError `range`, naming the index, where a probability lies outside [0, 1]. */
export function checkProbabilities(values: Numbers): void {
  for (let i = 0; i < values.length; i++) {
    if (!(values[i]! >= 0 && values[i]! <= 1)) {
      throw new MetricError(
        'range',
        `probability ${i} is ${values[i]}; probabilities lie in [0, 1] (apply a sigmoid to logits)`,
      );
    }
  }
}
