import { basename, resolve } from 'node:path';
import type { File as H5File } from 'h5wasm/node';
import { DataError } from './errors.js';
import { fileKind, kindAdvice, readHead } from './file-kind.js';
import { findArray, type OpenedFile, type OpenFile, openVirtual } from './h5-find.js';
import { guard, listen, type Trace, traced } from './h5-guard.js';
import { checkContiguous, endsEarly, findUnwritten } from './h5-unwritten.js';

/** The numbers of HDF5's type classes that are read here. */
const INTEGER = 0;
const ENUM = 8;

const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
const SIGNATURE_WITHIN = 1 << 20;

/** Parts of a virtual data set's labels that are probed. */
const PROBES = 1000;

/** One array of an open HDF5 file. */
export interface H5Array {
  readonly path: string;
  readonly key: string;
  readonly shape: readonly number[];
  /** numpy's name, e.g. `uint8`, `bool`; `other` for what is no integer. */
  readonly dtype: string;
  readonly chunks: readonly number[] | null;
  /** Names of the filters, e.g. `deflate`, `shuffle`. */
  readonly filters: readonly string[];
  /** Rows `[start, start + count)` along the first axis, as stored, bytes as they are. */
  rows(start: number, count: number): Uint8Array;
  /** The whole array as integers; only for small ones. */
  integers(): Float64Array;
}

interface ArrayOptions {
  /** What was never written counts as zeros: masks are mostly empty, and some writers leave those out. */
  readonly sparse?: boolean;
}

/** An HDF5 file open for reading. */
export interface H5Source {
  readonly path: string;
  readonly keys: readonly string[];
  /** @throws DataError missing-key, missing-file, corrupt; where values were never written, also its reads. */
  array(key: string, options?: ArrayOptions): H5Array;
  close(): void;
}

/**
 * Opens an HDF5 file for reading; nothing but its headers is read.
 * @throws DataError missing-file, unreadable, not-hdf5, truncated, corrupt.
 */
export async function openH5(file: string): Promise<H5Source> {
  const path = resolve(file);
  await checkSignature(path);
  // Megabytes of WebAssembly: only those who read HDF5 need them.
  const h5wasm = await import('h5wasm/node');
  const module = await h5wasm.ready;
  listen(module.FS);
  const files: H5File[] = [];
  const openFile: OpenFile = (path) => {
    const h5 = guard(path, () => new h5wasm.File(path, 'r'));
    files.push(h5);
    return { h5, path };
  };
  const close = (): void => {
    for (const h5 of files.splice(0)) guard(path, () => h5.close());
  };
  const opened = openFile(path);
  try {
    const keys = guard(path, () => opened.h5.keys());
    return { path, keys, array: (key, options) => openArray(opened, key, openFile, options), close };
  } catch (error) {
    close();
    throw error;
  }
}

function openArray(file: OpenedFile, key: string, openFile: OpenFile, options: ArrayOptions = {}): H5Array {
  const { path } = file;
  const entity = findArray(file, key, openFile);
  const metadata = guard(path, () => entity.metadata);
  const shape = metadata.shape ?? [];
  const { chunks, size, virtual_sources: virtual } = metadata;
  const rest: [][] = shape.slice(1).map(() => []);
  const valueAt = (place: readonly number[]): Trace =>
    traced(() => guard(path, () => entity.slice(place.map((i) => [i, i + 1])))).trace;
  // HDF5 keeps headers and chunk indices, but lets go of values after each call: only they are read a second time.
  const isStored = (place: readonly number[]): boolean => {
    valueAt(place);
    return valueAt(place).reads > 0;
  };

  let external = false;
  if (virtual?.length) openVirtual(file, entity, virtual, openFile);
  else if (!chunks && !shape.includes(0))
    external = checkContiguous(
      path,
      key,
      shape.reduce((a, b) => a * b, size),
      valueAt,
      shape,
    );

  const block = chunks ?? (virtual?.length ? virtualBlock(shape) : undefined);
  const stored = new Set<number>();
  const checkWritten = (values: ArrayLike<number>, start: number, count: number): void => {
    if (!block || options.sparse) return;
    const rows = findUnwritten(values, [start, count], shape, block, stored, isStored);
    if (!rows) return;
    const one = rows[1] - rows[0] === 1;
    const which = one ? `row ${rows[0]}` : `rows ${rows[0]} to ${rows[1] - 1}`;
    throw new DataError(
      'corrupt',
      virtual?.length
        ? `${path}: no source of the virtual data set "${key}" holds ${which} of it; give their files, or copy the data into one`
        : `${path}: ${which} of "${key}" ${one ? 'was' : 'were'} never written (${one ? 'its' : 'their'} chunk is not in the file); write the file again`,
    );
  };
  return {
    path,
    key,
    shape,
    dtype: dtypeName(metadata.type, size, metadata.signed, metadata.enum_type?.members),
    chunks,
    filters: guard(path, () => entity.filters.map((f) => f.name)),
    rows(start, count) {
      const expected = shape.slice(1).reduce((a, b) => a * b, count) * size;
      const read = traced(() => guard(path, () => entity.slice([[start, start + count], ...rest])));
      const data = read.result as ArrayBufferView;
      if (!ArrayBuffer.isView(data) || data.byteLength !== expected)
        throw new DataError(
          'corrupt',
          `${path}: rows ${start} to ${start + count - 1} of "${key}" cannot be read`,
        );
      if (external && read.trace.short) throw endsEarly(path, key, read.trace);
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      if (size === 1) checkWritten(bytes, start, count);
      return bytes;
    },
    integers() {
      const data = guard(path, () => entity.value) as ArrayLike<number | bigint | boolean>;
      const values = Float64Array.from({ length: data.length }, (_, i) => Number(data[i]));
      checkWritten(values, 0, shape[0] ?? 0);
      return values;
    },
  };
}

/** A virtual data set is probed by the patch; its labels, which are alike by the hundred, no more than so often. */
function virtualBlock([length = 0, ...rest]: readonly number[]): number[] {
  const rows = rest.every((size) => size === 1) ? Math.ceil(length / PROBES) : 1;
  return [Math.max(1, rows), ...rest];
}

function dtypeName(type: number, size: number, signed: boolean, members?: Record<string, number>): string {
  if (type === INTEGER) return `${signed ? '' : 'u'}int${size * 8}`;
  if (type === ENUM && members && 'TRUE' in members && 'FALSE' in members) return 'bool';
  return type === 1 ? `float${size * 8}` : 'other';
}

/** An HDF5 file may start with a user block, so its signature stands at 0, 512, 1024, 2048, … */
async function checkSignature(path: string): Promise<void> {
  const head = await readHead(path, SIGNATURE_WITHIN);
  if (head.length === 0) throw new DataError('truncated', `${path} is empty; download or copy it again`);
  for (let at = 0; at < head.length; at = at === 0 ? 512 : at * 2)
    if (head.subarray(at, at + SIGNATURE.length).equals(SIGNATURE)) return;
  const kind = fileKind(head);
  if (kind === undefined)
    throw new DataError('not-hdf5', `${path} is not an HDF5 file (no HDF5 signature in it)`);
  const advice = kind === 'gzip data' ? `name it ${basename(path)}.gz` : kindAdvice(kind);
  throw new DataError('not-hdf5', `${path} is ${kind}, not HDF5; ${advice}`);
}
