import { checkChoice, checkKeys, type KnownKeys } from '@pcam/options';
import { MetricError } from './errors.js';

/** @throws MetricError `option`, with a suggestion, for options that nobody reads. */
export function checkOptions<T extends object>(
  where: string,
  given: T | undefined,
  known: KnownKeys<T>,
  hints?: Readonly<Record<string, string>>,
): void {
  asMetricError(() => checkKeys<T>(where, given, known, hints));
}

/** @throws MetricError `option`, with a suggestion, for a value that is none of `choices`. */
export function checkOneOf(where: string, value: unknown, choices: readonly string[]): void {
  asMetricError(() => checkChoice(where, value, choices));
}

function asMetricError(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new MetricError('option', (error as Error).message);
  }
}
