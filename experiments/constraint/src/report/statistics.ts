import type { Interval } from '@pcam/metrics';

/** Of one quantity over seeds. */
export interface Summary {
  readonly mean: number;
  readonly range: Interval;
  /** Seeds that have a value. */
  readonly count: number;
}

/** @param values missing ones, and those that are no number (JSON knows no NaN), do not count. */
export function summarize(values: readonly (number | null | undefined)[]): Summary | null {
  const known = values.filter((value) => Number.isFinite(value)) as number[];
  if (known.length === 0) return null;
  return { mean: mean(known), range: [Math.min(...known), Math.max(...known)], count: known.length };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
