import type { NetworkResult } from '../experiment.js';
import { setKey } from '../experiment.js';
import type { Cell } from '../networks.js';
import type { SetRecord } from '../score.js';
import { SETTING_NAMES } from '../settings.js';

/** Networks on the same patches for as many epochs: only these may be compared. */
export interface Section {
  readonly data: string;
  readonly epochs: number;
  readonly results: readonly NetworkResult[];
  /** The masked sets to tell of, by name. */
  readonly sets: Readonly<Record<string, SetRecord>>;
}

/** Networks that differ in their seed alone. */
export interface Row<T extends Cell = NetworkResult> {
  readonly setting: string;
  /** By seed. */
  readonly cells: readonly T[];
}

/**
 * @param only the masked sets to tell of, all by default.
 * @throws Error naming a set that no network was measured on.
 */
export function sectionsOf(
  results: readonly NetworkResult[],
  records: ReadonlyMap<string, SetRecord>,
  only?: readonly string[],
): Section[] {
  return bySetup(results).map(({ data, epochs, results: own }) => {
    const measured = [...new Set(own.flatMap(({ masked }) => Object.keys(masked)))];
    const names = only ? only.filter((name) => measured.includes(name)) : measured;
    if (only && names.length === 0) {
      throw new Error(
        `--sets: no network of ${data} was measured on ${only.join(', ')}; there is ${measured.join(', ')}`,
      );
    }
    const sets = Object.fromEntries(names.map((name) => [name, records.get(setKey(data, name))!]));
    return { data, epochs, results: own, sets };
  });
}

/** Results on the same patches for as many epochs. */
export function bySetup<T extends { readonly data: string; readonly epochs: number }>(
  results: readonly T[],
): { readonly data: string; readonly epochs: number; readonly results: readonly T[] }[] {
  const setups = new Map<string, T[]>();
  for (const result of results) {
    const name = `${result.data}, ${result.epochs} epochs`;
    setups.set(name, [...(setups.get(name) ?? []), result]);
  }
  return [...setups.values()].map((own) => ({ data: own[0]!.data, epochs: own[0]!.epochs, results: own }));
}

/** In the order of the settings; those that are no longer there come last. */
export function rowsOf<T extends Cell>(results: readonly T[]): Row<T>[] {
  const place = (setting: string): number => {
    const at = SETTING_NAMES.indexOf(setting);
    return at < 0 ? SETTING_NAMES.length : at;
  };
  return [...new Set(results.map(({ setting }) => setting))]
    .sort((a, b) => place(a) - place(b))
    .map((setting) => ({
      setting,
      cells: results.filter((result) => result.setting === setting).toSorted((a, b) => a.seed - b.seed),
    }));
}
