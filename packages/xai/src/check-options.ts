import { checkChoice, checkKeys, type KnownKeys } from '@pcam/options';
import { XaiError } from './errors.js';

/** @throws XaiError `option`, with a suggestion, for options that nobody reads. */
export function checkOptions<T extends object>(
  where: string,
  given: T | undefined,
  known: KnownKeys<T>,
  hints?: Readonly<Record<string, string>>,
): void {
  asXaiError(() => checkKeys<T>(where, given, known, hints));
}

/** @throws XaiError `option`, with a suggestion, for a value that is none of `choices`. */
export function checkOneOf<T extends string>(
  where: string,
  value: unknown,
  choices: readonly T[],
): asserts value is T {
  asXaiError(() => checkChoice(where, value, choices));
}

/** @throws XaiError `option` that says what the value is and what is expected. */
export function expectThat(right: boolean, what: string, value: unknown, wanted: string): void {
  if (!right) throw new XaiError('option', `${what} is ${value}; expected ${wanted}.`);
}

function asXaiError(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new XaiError('option', (error as Error).message);
  }
}
