import { describeValue } from './describe-value.js';
import { suggest } from './suggest.js';

/** Every key of `T`, so that the compiler keeps a list whole. */
export type KnownKeys<T> = { readonly [Key in keyof T]-?: true };

/**
 * Refuses options that nobody reads. A key whose value is undefined says nothing, and passes.
 *
 * @param where what takes the options, e.g. `fit`.
 * @param hints what to do instead of a key that people try, e.g. `{ lambda: 'give weight: { lambda }' }`.
 * @throws Error `fit: unknown option 'epoch'; did you mean 'epochs'?`, or with the list of what is known; for
 *   options that are no object.
 */
export function checkKeys<T extends object>(
  where: string,
  given: T | undefined,
  known: KnownKeys<T>,
  hints: Readonly<Record<string, string>> = {},
): void {
  if (given === undefined) return;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Error(`${where}: options must be an object, got ${describeValue(given)}`);
  }
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(known, key)) continue;
    const hint = Object.hasOwn(hints, key) ? hints[key] : instead(key, Object.keys(known));
    throw new Error(`${where}: unknown option '${key}'; ${hint}`);
  }
}

function instead(key: string, known: readonly string[]): string {
  const near = suggest(key, known);
  if (near !== undefined) return `did you mean '${near}'?`;
  return known.length === 0 ? 'there are none' : `known are ${known.join(', ')}`;
}
