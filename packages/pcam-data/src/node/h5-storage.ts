import { closeSync, openSync, readSync } from 'node:fs';
import { DataError } from './errors.js';
import type { Trace } from './h5-guard.js';

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
