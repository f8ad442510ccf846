/**
 * What is wrong with the input:
 * - `empty`: there is nothing to measure;
 * - `kind`: a value of another kind than is needed, such as scores in place of counts;
 * - `length`: arrays that must be as long as one another are not;
 * - `label`: neither 0 nor 1;
 * - `not-finite`: a score that is NaN or infinite;
 * - `range`: a probability outside [0, 1];
 * - `one-class`: the metric is undefined for labels of one class;
 * - `option`: an option that is unknown, or out of its range.
 */
export type MetricErrorCode =
  | 'empty'
  | 'kind'
  | 'length'
  | 'label'
  | 'not-finite'
  | 'range'
  | 'one-class'
  | 'option';

/** Input that a metric has no value for; `code` tells which kind. */
export class MetricError extends Error {
  override readonly name = 'MetricError';
  constructor(
    readonly code: MetricErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** `compute()`, or `null` where the metric is undefined because only one class is there. */
export function orNull<T>(compute: () => T): T | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof MetricError && error.code === 'one-class') return null;
    throw error;
  }
}
