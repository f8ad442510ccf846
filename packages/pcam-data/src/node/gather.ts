import type { H5Array } from './h5.js';

/** Reads rows `[start, start + count)`; what it returns is copied before the next call. */
export type ReadRun = (start: number, count: number) => Uint8Array | Promise<Uint8Array>;

/** No single read takes more than this, so that memory stays flat however long a run is. */
const RUN_BYTES = 4 << 20;

/** Reads on their way at once, for sources that read asynchronously. */
const IN_FLIGHT = 8;

/** @throws RangeError naming the first index that is no row of `name`. */
export function checkIndex(index: ArrayLike<number>, length: number, name: string): Int32Array {
  const checked = new Int32Array(index.length);
  for (let k = 0; k < index.length; k++) {
    const i = index[k]!;
    if (!Number.isInteger(i) || i < 0 || i >= length)
      throw new RangeError(`${name} has no patch ${i}; its patches are 0 to ${length - 1}`);
    checked[k] = i;
  }
  return checked;
}

/**
 * Rows in the order of `index`, read in the order of the file: neighbours together,
 * repeated ones once.
 */
export async function gather(index: Int32Array, rowBytes: number, readRun: ReadRun): Promise<Uint8Array> {
  const out = new Uint8Array(index.length * rowBytes);
  const order = Array.from(index.keys()).sort((a, b) => index[a]! - index[b]!);
  const runs = findRuns(index, order, Math.max(1, Math.floor(RUN_BYTES / rowBytes)));
  const copy = async (from: number, to: number): Promise<void> => {
    const start = index[order[from]!]!;
    const rows = await readRun(start, index[order[to - 1]!]! - start + 1);
    for (let k = from; k < to; k++) {
      const at = (index[order[k]!]! - start) * rowBytes;
      out.set(rows.subarray(at, at + rowBytes), order[k]! * rowBytes);
    }
  };
  for (let r = 0; r < runs.length; r += IN_FLIGHT)
    await Promise.all(runs.slice(r, r + IN_FLIGHT).map(([from, to]) => copy(from, to)));
  return out;
}

/** Cuts sorted places into runs `[from, to)` of neighbouring rows, of at most `most` rows. */
function findRuns(index: Int32Array, order: readonly number[], most: number): [number, number][] {
  const runs: [number, number][] = [];
  let from = 0;
  for (let k = 1; k <= order.length; k++) {
    const row = index[order[k]!];
    const start = index[order[from]!]!;
    if (row !== undefined && row - index[order[k - 1]!]! <= 1 && row - start < most) continue;
    runs.push([from, k]);
    from = k;
  }
  return order.length === 0 ? [] : runs;
}

/**
 * Reads runs of rows of an HDF5 array. HDF5 decodes a whole compressed chunk to give
 * one row of it and h5wasm keeps none, so decoded rows of chunks are kept here, the
 * least recently used leaving when they exceed `cacheBytes`.
 */
export function h5RunReader(
  array: H5Array,
  cacheBytes: number,
): (start: number, count: number) => Uint8Array {
  const [total = 0, ...rest] = array.shape;
  const rowBytes = rest.reduce((a, b) => a * b, 1);
  const chunkRows = array.chunks?.[0] ?? 1;
  const blockBytes = chunkRows * rowBytes;
  if (array.filters.length === 0 || chunkRows === 1 || blockBytes * 2 > cacheBytes) return array.rows;
  const blocks = new Map<number, Uint8Array>();
  const most = Math.floor(cacheBytes / blockBytes);
  const block = (b: number): Uint8Array => {
    const kept = blocks.get(b);
    const rows = kept ?? array.rows(b * chunkRows, Math.min(chunkRows, total - b * chunkRows));
    blocks.delete(b);
    if (blocks.size >= most) blocks.delete(blocks.keys().next().value!);
    blocks.set(b, rows);
    return rows;
  };
  return (start, count) => {
    const out = new Uint8Array(count * rowBytes);
    for (let i = start; i < start + count; ) {
      const b = Math.floor(i / chunkRows);
      const end = Math.min(start + count, (b + 1) * chunkRows);
      const from = (i - b * chunkRows) * rowBytes;
      out.set(block(b).subarray(from, from + (end - i) * rowBytes), (i - start) * rowBytes);
      i = end;
    }
    return out;
  };
}
