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
