const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);
const GREATEST = 3.4028234663852886e38;

/**
 * Float32 numbers in `2^bits` levels that keep their order, on any scale: the upper bits of the
 * number (sign, exponent, the first `bits` − 9 of the mantissa) with negative ones turned round.
 * @param value finite; beyond float32's range it becomes an end of it.
 */
export function levelOf(value: number, bits: number): number {
  float[0] = Math.min(Math.max(value, -GREATEST), GREATEST) + 0; // −0 becomes 0, so that both are one level
  const bitsOfValue = word[0]!;
  const ordered = bitsOfValue >>> 31 ? ~bitsOfValue >>> 0 : (bitsOfValue | 0x80000000) >>> 0;
  return ordered >>> (32 - bits);
}

/** The least number of a level: `levelOf(x) >= level` exactly where `x >= lowestOf(level)`, x in float32. */
export function lowestOf(level: number, bits: number): number {
  const ordered = (level << (32 - bits)) >>> 0;
  word[0] = ordered >>> 31 ? ordered & 0x7fffffff : ~ordered >>> 0;
  return float[0]! + 0;
}
