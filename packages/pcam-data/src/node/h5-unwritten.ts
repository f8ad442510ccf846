import { closeSync, openSync, readSync } from 'node:fs';
import { DataError } from './errors.js';
import type { Trace } from './h5-guard.js';

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

/** HDF5 keeps arrays up to this size within their header, if asked to. */
const COMPACT = 64 << 10;
/** Headers of small arrays stand within this much of a file's start. */
const HEADERS = 16 << 20;

/**
 * Refuses an array in one piece for which no room was ever made in its file.
 * @param bytes of the whole array.
 * @param valueAt reads the value at a place and tells what HDF5 asked for.
 * @returns whether its values lie in files outside HDF5 (external storage).
 * @throws DataError missing-file, corrupt, truncated.
 */
export function checkContiguous(
  path: string,
  key: string,
  bytes: number,
  valueAt: (place: readonly number[]) => Trace,
  shape: readonly number[],
): boolean {
  const first = valueAt(shape.map(() => 0));
  if (first.reads === 0 && first.opened.length === 0) {
    if (bytes <= COMPACT && !hasNoRoom(path, bytes)) return false;
    throw new DataError('corrupt', `${path}: nothing was ever written to "${key}"; write the file again`);
  }
  const external = first.opened.length > 0;
  if (external) {
    const last = valueAt(shape.map((size) => size - 1));
    if (last.short) throw endsEarly(path, key, last);
  }
  return external;
}

export const endsEarly = (path: string, key: string, { opened }: Trace): DataError =>
  new DataError(
    'truncated',
    `${opened.at(-1)} ends before the values of "${key}" that ${path} keeps in it; copy it again`,
  );

/** Whether the file has a layout message (version 3 or 4, contiguous) of that size and no address. */
function hasNoRoom(path: string, bytes: number): boolean {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(bytes));
  const head = Buffer.alloc(HEADERS);
  const file = openSync(path, 'r');
  const length = readSync(file, head, 0, HEADERS, 0);
  closeSync(file);
  return [3, 4].some((version) =>
    head.subarray(0, length).includes(Buffer.concat([Buffer.of(version, 1), Buffer.alloc(8, 0xff), size])),
  );
}
