import type { Interval } from '@pcam/metrics';
import type { Scored } from '../score.js';

/** Of one quantity over seeds. */
export interface Summary {
  readonly mean: number;
  readonly range: Interval;
  /** Seeds that have a value. */
  readonly count: number;
}

/** A summary of values that each have a bootstrap interval. */
export interface ScoredSummary extends Summary {
  /** Mean of the seeds' 95 % bounds: what the choice of patches leaves open, where `range` is what the seed does. */
  readonly ci95: Interval | null;
}

/** @param values missing ones, and those that are no number (JSON knows no NaN), do not count. */
export function summarize(values: readonly (number | null | undefined)[]): Summary | null {
  const known = values.filter((value) => Number.isFinite(value)) as number[];
  if (known.length === 0) return null;
  return { mean: mean(known), range: [Math.min(...known), Math.max(...known)], count: known.length };
}

/** As `summarize`; an interval only where every seed that counts has one. */
export function summarizeScored(scores: readonly (Scored | null | undefined)[]): ScoredSummary | null {
  const known = scores.filter((score): score is Scored => Number.isFinite(score?.value));
  const summary = summarize(known.map(({ value }) => value));
  if (!summary) return null;
  const bounds = known.flatMap(({ ci95 }) => (ci95 ? [ci95] : []));
  const ci95: Interval | null =
    bounds.length === known.length
      ? [mean(bounds.map(([low]) => low)), mean(bounds.map(([, high]) => high))]
      : null;
  return { ...summary, ci95 };
}

/** @throws Error where there are no values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('median: there are no values');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
