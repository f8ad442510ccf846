import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** `n` standard normal numbers, the same on every machine. */
export function normals(n: number, seed: number): number[] {
  const random = xoroshiro128plus(seed);
  const next = (): number => 1 - uniformFloat64(random); // above 0, for the logarithm
  return Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()));
}
