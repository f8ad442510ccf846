import { suggest } from '@pcam/options';

/** One option of a model family: its default and what is wrong with a value (undefined if nothing is). */
export interface Option<T> {
  readonly default: T;
  /** What models were before the option existed, where that is not its default: of configurations saved without it. */
  readonly before?: T;
  readonly problem: (value: unknown) => string | undefined;
}

export type OptionTable<T> = { readonly [K in keyof T]: Option<T[K]> };

/** Defaults, then the preset, then the caller's own values; every value checked, unknown keys refused. */
export function resolveOptions<T extends object>(
  model: string,
  table: OptionTable<T>,
  ...layers: readonly object[]
): T {
  const given: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer)) if (value !== undefined) given[key] = value;
  }
  const known = Object.keys(table) as (keyof T & string)[];
  for (const key of Object.keys(given)) {
    if (known.includes(key as keyof T & string)) continue;
    throw new Error(
      `Model '${model}' has no option '${key}'. It has: ${known.join(', ')}.${didYouMean(key, known)}`,
    );
  }
  const resolved = {} as Record<string, unknown>;
  for (const key of known) {
    const value = key in given ? given[key] : table[key].default;
    const problem = table[key].problem(value);
    if (problem !== undefined) {
      throw new Error(`Model '${model}': option '${key}' must be ${problem}, not ${JSON.stringify(value)}.`);
    }
    resolved[key] = value;
  }
  return resolved as T;
}

/** A saved configuration, which had every option of its time, with those that it is older than as they then were. */
export function completed<T extends object, C extends object>(table: OptionTable<T>, saved: C): C {
  const older = (Object.entries(table) as [string, Option<unknown>][]).filter(
    ([key, option]) => 'before' in option && !(key in saved),
  );
  return { ...saved, ...Object.fromEntries(older.map(([key, { before }]) => [key, before])) };
}

export function integer(fallback: number, minimum = 1): Option<number> {
  return {
    default: fallback,
    problem: (value) =>
      Number.isInteger(value) && (value as number) >= minimum
        ? undefined
        : `a whole number of at least ${minimum}`,
  };
}

export function integers(fallback: readonly number[], minimum = 1): Option<readonly number[]> {
  return {
    default: fallback,
    problem: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((n) => Number.isInteger(n) && n >= minimum)
        ? undefined
        : `a list of whole numbers of at least ${minimum}`,
  };
}

/** A probability of dropping: at least 0, below 1. */
export function rate(fallback: number): Option<number> {
  return {
    default: fallback,
    problem: (value) =>
      typeof value === 'number' && value >= 0 && value < 1 ? undefined : 'a number of at least 0 and below 1',
  };
}

export function flag(fallback: boolean): Option<boolean> {
  return {
    default: fallback,
    problem: (value) => (typeof value === 'boolean' ? undefined : 'true or false'),
  };
}

export function choice<T extends string | number>(fallback: T, values: readonly T[]): Option<T> {
  return {
    default: fallback,
    problem: (value) => (values.includes(value as T) ? undefined : `one of ${values.join(', ')}`),
  };
}

/** Three numbers, one a colour channel. */
export function perChannel(fallback: readonly number[], positive: boolean): Option<readonly number[]> {
  return {
    default: fallback,
    problem: (value) =>
      Array.isArray(value) &&
      value.length === 3 &&
      value.every((n) => Number.isFinite(n) && (!positive || (n as number) > 0))
        ? undefined
        : `three ${positive ? 'positive ' : ''}numbers (R, G, B)`,
  };
}

/** A sentence, or nothing, to end a refusal with. */
export function didYouMean(wrong: unknown, known: readonly string[]): string {
  const near = typeof wrong === 'string' ? suggest(wrong, known) : undefined;
  return near === undefined ? '' : ` Did you mean '${near}'?`;
}
