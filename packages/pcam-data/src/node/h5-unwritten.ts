/** Probes whether anything is stored at a place of an array. */
export type IsStored = (corner: readonly number[]) => boolean;

/**
 * The first rows `[from, to)` among `[start, start + count)` with a block (a chunk) that nothing was ever written to.
 * HDF5 gives such a block as its fill value, mostly 0, without a word: a black patch. Only blocks of a single value
 * are probed, each once.
 *
 * @param values the rows as read, flattened.
 * @param shape the whole array's.
 * @param block how much is stored together, in each dimension.
 * @param known numbers of the blocks that are stored; grows.
 */
export function findUnwritten(
  values: ArrayLike<number>,
  [start, count]: readonly [number, number],
  shape: readonly number[],
  block: readonly number[],
  known: Set<number>,
  isStored: IsStored,
): readonly [from: number, to: number] | undefined {
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1));
  const blocks = shape.map((size, d) => Math.ceil(size / block[d]!));
  const first = Math.floor(start / block[0]!);
  const last = Math.ceil((start + count) / block[0]!);
  const across = blocks.slice(1).reduce((a, b) => a * b, 1);
  for (let n = first * across; n < last * across; n++) {
    if (known.has(n)) continue;
    const from = cornerOf(n, blocks).map((b, d) => b * block[d]!);
    const to = from.map((f, d) => Math.min(f + block[d]!, shape[d]!));
    const rows = [Math.max(from[0]!, start), Math.min(to[0]!, start + count)] as const;
    const low = [rows[0] - start, ...from.slice(1)];
    const high = [rows[1] - start, ...to.slice(1)];
    if (!isConstant(values, low, high, strides)) continue;
    if (!isStored(from)) return rows;
    known.add(n);
  }
  return undefined;
}

/** Where block `n` stands among the blocks, last dimension fastest. */
function cornerOf(n: number, blocks: readonly number[]): number[] {
  const corner = blocks.map(() => 0);
  for (let d = blocks.length - 1, rest = n; d >= 0; d--) {
    corner[d] = rest % blocks[d]!;
    rest = Math.floor(rest / blocks[d]!);
  }
  return corner;
}

/** Whether the box `[low, high)` holds one value; an ordinary image tells within a few pixels. */
function isConstant(
  values: ArrayLike<number>,
  low: readonly number[],
  high: readonly number[],
  strides: readonly number[],
): boolean {
  const value = values[low.reduce((sum, l, d) => sum + l * strides[d]!, 0)];
  const visit = (d: number, at: number): boolean => {
    for (let i = low[d]!; i < high[d]!; i++) {
      const here = at + i * strides[d]!;
      if (d === low.length - 1 ? values[here] !== value : !visit(d + 1, here)) return false;
    }
    return true;
  };
  return visit(0, 0);
}
