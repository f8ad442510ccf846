import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** What a random stream is for, so that two uses of one (seed, epoch) never share numbers. */
export const STREAM = {
  order: 1,
  negatives: 2,
  positives: 3,
  augment: 4,
  split: 5,
  artefact: 6,
  partner: 7,
  pieces: 8,
  partnerAugment: 9,
} as const;

/** A source of uniform random numbers. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  unit(): number;
  /** Uniform in [-limit, limit). */
  around(limit: number): number;
  /** Uniform whole number in [0, bound), bound ≤ 2³². */
  below(bound: number): number;
}

/**
 * The generator (xoroshiro128+) that belongs to a key. The key's numbers are hashed into
 * the whole state, so any position of any epoch is reached at once, without drawing what
 * comes before it.
 */
export function randomAt(...key: number[]): Random {
  const state = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x6a09e667].map((salt) =>
    key.reduce((hash, part) => absorb(absorb(hash, part | 0), Math.floor(part / 2 ** 32) | 0), salt),
  );
  state[0]! |= 1; // the all-zero state would yield zeros only
  const generator = xoroshiro128plusFromState(state);
  const unit = (): number => (generator.next() >>> 0) / 2 ** 32;
  return {
    unit,
    around: (limit) => (2 * unit() - 1) * limit,
    below: (bound) => Math.floor(unit() * bound),
  };
}

/** A seeded permutation of `values`, in place (Fisher–Yates). */
export function shuffle<T extends Int32Array | unknown[]>(values: T, random: Random): T {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const held = values[i]!;
    values[i] = values[j]!;
    values[j] = held;
  }
  return values;
}

/** One round of MurmurHash3 with its finaliser. */
function absorb(hash: number, part: number): number {
  let k = Math.imul(part, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  let h = hash ^ k;
  h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
