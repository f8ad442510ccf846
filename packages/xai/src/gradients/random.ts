/** Numbers in [0, 1), the same for the same seed everywhere (mulberry32, Ettinger 2017, public domain). */
export function randomNumbers(seed: number): () => number {
  if (!Number.isInteger(seed)) throw new Error(`seed is ${seed}; expected a whole number.`);
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x = (x + Math.imul(x ^ (x >>> 7), x | 61)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}
