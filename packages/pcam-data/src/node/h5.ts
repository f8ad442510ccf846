import { basename, resolve } from 'node:path';
import type { Entity, Dataset as H5Dataset, File as H5File } from 'h5wasm/node';
import { DataError } from './errors.js';
import { fileKind, kindAdvice } from './file-kind.js';
import { guard, listen } from './h5-guard.js';
import { readHead } from './read-head.js';

/** The numbers of HDF5's type classes that are read here. */
const INTEGER = 0;
const ENUM = 8;

const SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
const SIGNATURE_WITHIN = 1 << 20;

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

/** An HDF5 file open for reading. */
export interface H5Source {
  readonly path: string;
  readonly keys: readonly string[];
  array(key: string): H5Array;
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
  const h5 = guard(path, () => new h5wasm.File(path, 'r'));
  let keys: string[];
  try {
    keys = guard(path, () => h5.keys());
  } catch (error) {
    h5.close();
    throw error;
  }
  let open = true;
  return {
    path,
    keys,
    array: (key) => openArray(h5, path, keys, key),
    close() {
      if (!open) return;
      open = false;
      guard(path, () => h5.close());
    },
  };
}

function openArray(h5: H5File, path: string, keys: readonly string[], key: string): H5Array {
  const entity = keys.includes(key) ? guard(path, () => h5.get(key)) : null;
  if (!isArray(entity)) {
    const has = keys.length === 0 ? 'nothing' : keys.map((k) => `"${k}"`).join(', ');
    throw new DataError('missing-key', `${path} has no array "${key}"; it holds ${has}`);
  }
  const metadata = guard(path, () => entity.metadata);
  const shape = metadata.shape ?? [];
  const rest: [][] = shape.slice(1).map(() => []);
  return {
    path,
    key,
    shape,
    dtype: dtypeName(metadata.type, metadata.size, metadata.signed, metadata.enum_type?.members),
    chunks: metadata.chunks,
    filters: guard(path, () => entity.filters.map((f) => f.name)),
    rows(start, count) {
      const expected = shape.slice(1).reduce((a, b) => a * b, count) * metadata.size;
      const data = guard(path, () => entity.slice([[start, start + count], ...rest])) as ArrayBufferView;
      if (!ArrayBuffer.isView(data) || data.byteLength !== expected)
        throw new DataError(
          'corrupt',
          `${path}: rows ${start} to ${start + count - 1} of "${key}" cannot be read`,
        );
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    },
    integers() {
      const data = guard(path, () => entity.value) as ArrayLike<number | bigint | boolean>;
      return Float64Array.from({ length: data.length }, (_, i) => Number(data[i]));
    },
  };
}

const isArray = (entity: Entity | null): entity is H5Dataset =>
  entity !== null && 'type' in entity && String(entity.type) === 'Dataset';

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
