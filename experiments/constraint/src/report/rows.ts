import type { NetworkResult } from '../experiment.js';
import { setKey } from '../experiment.js';
import type { Cell } from '../networks.js';
import type { SetRecord } from '../score.js';
import { SETTING_NAMES } from '../settings.js';
import { bySetup } from './setups.js';

/** Networks on the same patches for as many epochs: only these may be compared. */
export interface Section {
  readonly name: string;
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
  all: ReadonlyMap<string, NetworkResult>,
  records: ReadonlyMap<string, SetRecord>,
  only?: readonly string[],
): Section[] {
  return [...bySetup(all)].map(([section, own]) => {
    const { data } = own[0]!;
    const measured = [...new Set(own.flatMap(({ masked }) => Object.keys(masked)))];
    const names = only ? only.filter((name) => measured.includes(name)) : measured;
    if (only && names.length === 0) {
      throw new Error(
        `--sets: no network of ${data} was measured on ${only.join(', ')}; there is ${measured.join(', ')}`,
      );
    }
    const sets = Object.fromEntries(names.map((name) => [name, records.get(setKey(data, name))!]));
    return { name: section, results: own, sets };
  });
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
