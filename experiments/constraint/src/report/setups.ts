import type { CellResult } from '../synthetic.js';

/** Networks on the same patches for as many epochs: only these may be compared. */
export interface Setup {
  /** What follows the network in a key. */
  readonly name: string;
  readonly results: readonly CellResult[];
}

/** @throws Error naming a key that does not begin with its network. */
export function setupsOf(all: ReadonlyMap<string, CellResult>): Setup[] {
  const setups = new Map<string, CellResult[]>();
  for (const [key, result] of all) {
    const { training, lambda, seed } = result;
    const network = `${training}, lambda ${lambda}, seed ${seed}, `;
    if (!key.startsWith(network)) {
      throw new Error(
        `results: the key "${key}" does not begin with its network "${network}"; train it anew`,
      );
    }
    const name = key.slice(network.length);
    setups.set(name, [...(setups.get(name) ?? []), result]);
  }
  // U-Nets, and what is unconstrained, are trained once for all that is compared with them.
  const shared = (name: string): CellResult[] =>
    [...setups].flatMap(([other, results]) =>
      name.startsWith(`${other}, `)
        ? results.filter(
            ({ training }) => training === 'masks' || (training === 'none' && !ofOtherNetwork(name, other)),
          )
        : [],
    );
  return [...setups].map(([name, results]) => ({ name, results: [...results, ...shared(name)] }));
}

/** What stands behind a name that begins with `other` begins with a classifier's name, or with what it is told. */
function ofOtherNetwork(name: string, other: string): boolean {
  return !/^(region|positives) /.test(name.slice(other.length + 2));
}

/** Results of any kind by what follows the seed in their keys: only those of one setup may be compared. */
export function bySetup<T>(all: ReadonlyMap<string, T>): ReadonlyMap<string, readonly T[]> {
  const setups = new Map<string, T[]>();
  for (const [key, result] of all) {
    const name = key.replace(/^.*?, seed \d+, /, '');
    setups.set(name, [...(setups.get(name) ?? []), result]);
  }
  return setups;
}
