import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Random numbers that depend on the key alone: one independent stream a (seed, split, patch, …). */
export class Random {
  private readonly generator: RandomGenerator;

  constructor(...key: readonly number[]) {
    this.generator = xoroshiro128plusFromState([hash(key, 1), hash(key, 2), hash(key, 3), hash(key, 4) | 1]);
  }

  /** In [0, 1), in steps of 2^-32. */
  uniform(): number {
    return (this.generator.next() + 0x80000000) / 0x100000000;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** 0 … n − 1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** About normal (the sum of four uniforms): mean, standard deviation, never beyond 3.5 of them. */
  normal(mean: number, sd: number): number {
    const sum = this.uniform() + this.uniform() + this.uniform() + this.uniform();
    return mean + sd * (sum - 2) * 1.7320508075688772;
  }

  angle(): number {
    return this.uniform() * 2 * Math.PI;
  }

  /** An index, with probability in proportion to its weight. */
  weighted(weights: ArrayLike<number>): number {
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += weights[i] as number;
    let left = this.uniform() * sum;
    for (let i = 0; i < weights.length; i++) {
      left -= weights[i] as number;
      if (left < 0) return i;
    }
    return weights.length - 1;
  }
}

/** A 32-bit hash of whole numbers (the mixing steps of MurmurHash3). */
export function hash(key: readonly number[], salt: number): number {
  let h = Math.imul(salt, 0x9e3779b1);
  for (const part of key) {
    // Seeds may be any safe integer: both halves count.
    h = mix(h, part | 0);
    h = mix(h, Math.floor(part / 0x100000000) | 0);
  }
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function mix(h: number, part: number): number {
  let k = Math.imul(part, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const mixed = h ^ Math.imul(k, 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}
