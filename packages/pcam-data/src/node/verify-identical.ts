/** A split with a hash of each patch's pixels, 0 for those not to be compared. */
export interface HashedSplit {
  readonly split: string;
  readonly hashes: BigUint64Array;
  readonly labels: Uint8Array;
}

/** Patches of a split whose pixels another patch has, too. */
export interface Identical {
  /** Patches that another patch of the split equals. */
  readonly within: number;
  /** Patches that a patch of another split equals, by that split, of those that came before. */
  readonly across: Readonly<Record<string, number>>;
  /** The same for people, with examples. */
  readonly notes: readonly string[];
}

/** Where a patch stands. */
interface Place {
  readonly split: HashedSplit;
  readonly index: number;
}

/**
 * Finds patches of equal pixels by their 64-bit hashes, holding 16 bytes a patch.
 * @returns one entry a split, in order.
 */
export function findIdentical(splits: readonly HashedSplit[]): Identical[] {
  const groups = [...groupRepeated(splits).values()];
  return splits.map((split, k) => {
    const placed = groups
      .map((group) => ({ group, here: group.filter((place) => place.split === split) }))
      .filter(({ here }) => here.length > 0)
      .sort((a, b) => a.here[0]!.index - b.here[0]!.index);
    const count = (found: typeof placed): number => found.reduce((n, { here }) => n + here.length, 0);
    const notes: string[] = [];

    const repeated = placed.filter(({ here }) => here.length > 1);
    const within = count(repeated);
    if (within > 0) {
      const [first, second] = repeated[0]!.here;
      notes.push(
        `${within} patches are identical to another of the split, in ${groupsOf(repeated.length)}, ` +
          `e.g. ${first!.index} and ${second!.index}${withBothLabels(repeated.map(({ here }) => here))}`,
      );
    }

    const across: Record<string, number> = {};
    for (const other of splits.slice(0, k)) {
      const shared = placed.filter(({ group }) => group.some((place) => place.split === other));
      const n = count(shared);
      if (n === 0) continue;
      across[other.split] = n;
      const { group, here } = shared[0]!;
      const twin = group.find((place) => place.split === other)!;
      const inEither = shared.map((s) => s.group.filter((p) => p.split === split || p.split === other));
      notes.push(
        `${n} ${n === 1 ? 'patch is' : 'patches are'} also in ${other.split}, ` +
          `e.g. ${here[0]!.index} is ${other.split} ${twin.index}${withBothLabels(inEither)}`,
      );
    }
    return { within, across, notes };
  });
}

const groupsOf = (n: number): string => (n === 1 ? 'one group' : `${n} groups`);

const withBothLabels = (groups: readonly (readonly Place[])[]): string => {
  const n = groups.filter((g) => new Set(g.map(({ split, index }) => split.labels[index])).size > 1).length;
  return n > 0 ? `; ${groupsOf(n)} with both labels` : '';
};

function groupRepeated(splits: readonly HashedSplit[]): Map<bigint, Place[]> {
  const sorted = new BigUint64Array(splits.reduce((n, { hashes }) => n + hashes.length, 0));
  let at = 0;
  for (const { hashes } of splits) {
    sorted.set(hashes, at);
    at += hashes.length;
  }
  sorted.sort();
  const groups = new Map<bigint, Place[]>();
  for (let i = 1; i < sorted.length; i++)
    if (sorted[i] === sorted[i - 1] && sorted[i] !== 0n) groups.set(sorted[i]!, []);
  for (const split of splits)
    for (const [index, hash] of split.hashes.entries()) groups.get(hash)?.push({ split, index });
  return groups;
}
