import { checkChoice, checkKeys, describeValue, type KnownKeys, rethrow } from '@pcam/options';
import { MetricError } from './errors.js';

/** Scores or labels: a plain or typed array. */
export type Numbers = ArrayLike<number>;

/** What pairs are called in messages. */
export interface PairNames {
  readonly values: string;
  readonly value: string;
  readonly labels: string;
}

const SCORES: PairNames = { values: 'scores', value: 'score', labels: 'labels' };

/** @throws MetricError `kind`, `length`, `label` or `not-finite`, naming the index. */
export function checkPairs(scores: Numbers, labels: Numbers, names: PairNames = SCORES): void {
  checkNumbers(names.values, scores);
  checkNumbers(names.labels, labels);
  if (scores.length !== labels.length) {
    throw new MetricError(
      'length',
      `there are ${scores.length} ${names.values} and ${labels.length} ${names.labels}; they must be as many`,
    );
  }
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i]))
      throw new MetricError(
        'not-finite',
        `${names.value} ${i} is ${describeValue(scores[i])}; ${names.values} must be finite numbers`,
      );
    if (labels[i] !== 0 && labels[i] !== 1)
      throw new MetricError('label', `label ${i} is ${describeValue(labels[i])}; ${names.labels} are 0 or 1`);
  }
}

/** @throws MetricError `kind`. */
export function checkNumbers(what: string, values: unknown): void {
  const length = typeof values === 'object' ? (values as ArrayLike<unknown> | null)?.length : undefined;
  if (Number.isInteger(length)) return;
  const counts = typeof values === 'object' && values !== null && 'tp' in values;
  const hint = counts ? 'counts { tp, fp, tn, fn }' : describeValue(values);
  throw new MetricError('kind', `${what} must be an array of numbers, got ${hint}`);
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

/** @throws MetricError `kind`: of an array, arithmetic would be NaN. */
export function checkNumber(what: string, value: unknown): void {
  if (typeof value !== 'number')
    throw new MetricError('kind', `${what} takes one number, got ${describeValue(value)}`);
}

/** @throws MetricError `option`, with a suggestion, for options that nobody reads. */
export function checkOptions<T extends object>(
  where: string,
  given: T | undefined,
  known: KnownKeys<T>,
  hints?: Readonly<Record<string, string>>,
): void {
  rethrow(() => checkKeys<T>(where, given, known, hints), optionError);
}

/** @throws MetricError `option`, with a suggestion, for a value that is none of `choices`. */
export function checkOneOf(where: string, value: unknown, choices: readonly string[]): void {
  rethrow(() => checkChoice(where, value, choices), optionError);
}

function optionError(message: string): MetricError {
  return new MetricError('option', message);
}
