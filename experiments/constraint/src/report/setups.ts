/** Results of any kind by what follows the seed in their keys: only those of one setup may be compared. */
export function bySetup<T>(all: ReadonlyMap<string, T>): ReadonlyMap<string, readonly T[]> {
  const setups = new Map<string, T[]>();
  for (const [key, result] of all) {
    const name = key.replace(/^.*?, seed \d+, /, '');
    setups.set(name, [...(setups.get(name) ?? []), result]);
  }
  return setups;
}
