import { checkChoice, checkKeys, describeValue, type KnownKeys, rethrow } from '@pcam/options';
import { XaiError } from './errors.js';

/** @throws XaiError `option`, with a suggestion, for options that nobody reads. */
export function checkOptions<T extends object>(
  where: string,
  given: T | undefined,
  known: KnownKeys<T>,
  hints?: Readonly<Record<string, string>>,
): void {
  rethrow(() => checkKeys<T>(where, given, known, hints), optionError);
}

/** @throws XaiError `option`, with a suggestion, for a value that is none of `choices`. */
export function checkOneOf<T extends string>(
  where: string,
  value: unknown,
  choices: readonly T[],
): asserts value is T {
  rethrow(() => checkChoice(where, value, choices), optionError);
}

/** @throws XaiError `option` that says what the value is and what is expected. */
export function expectThat(right: boolean, what: string, value: unknown, wanted: string): void {
  if (right) return;
  const shown = Array.isArray(value) ? value : describeValue(value);
  throw new XaiError('option', `${what} is ${shown}; expected ${wanted}.`);
}

/** What {@link isShare} takes, for people. */
export const SHARE = 'a number from 0 to 1';

/** By type too: '0.5' is no number, though it compares as one. */
export function isShare(value: unknown): boolean {
  return isFrom0(value) && value <= 1;
}

/** Whether it is a finite number from 0 on; texts, lists and null, which compare as numbers do, are none. */
export function isFrom0(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0;
}

function optionError(message: string): XaiError {
  return new XaiError('option', message);
}
