import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
}

/** The generator that belongs to a seed and a label; other labels give unrelated streams. */
export function randomFor(seed: number, label: string): Random {
  const generator = xoroshiro128plus(mix(seed, label));
  const uniform = (): number => uniformFloat64(generator);
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** FNV-1a over both halves of the seed and the label, so streams do not depend on creation order. */
function mix(seed: number, label: string): number {
  let hash = 0x811c9dc5;
  const absorb = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  const high = Math.floor(seed / 2 ** 32);
  for (const word of [seed, high])
    for (let shift = 0; shift < 32; shift += 8) absorb((word >>> shift) & 0xff);
  for (let i = 0; i < label.length; i++) absorb(label.charCodeAt(i));
  return hash | 0;
}
