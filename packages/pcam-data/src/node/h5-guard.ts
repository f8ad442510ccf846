import { DataError } from './errors.js';

interface Files {
  open(path: string, flags: string | number, mode?: number): unknown;
  read(stream: unknown, buffer: Uint8Array, offset: number, length: number, position?: number): number;
  write(
    stream: { nfd?: number },
    buffer: Uint8Array,
    offset: number,
    length: number,
    position?: number,
  ): number;
}

/** What HDF5 asked of the file system during a call. */
export interface Trace {
  /** Paths of the files it opened, or tried to. */
  readonly opened: string[];
  reads: number;
  /** Whether a file ended before a read did. */
  short: boolean;
}

let trace: Trace | undefined;

/** Runs a call into HDF5 and tells what it asked of the file system. */
export function traced<T>(call: () => T): { readonly result: T; readonly trace: Trace } {
  const outer = trace;
  const mine: Trace = { opened: [], reads: 0, short: false };
  trace = mine;
  try {
    return { result: call(), trace: mine };
  } finally {
    trace = outer;
  }
}

/** What HDF5 has written to stderr during the call under way; undefined between calls. */
let heard: string | undefined;
const listening = new WeakSet<object>();

/**
 * HDF5 tells what went wrong by printing its C stack, and h5wasm then returns memory that
 * nothing was read into. So what it prints is caught here instead. (h5wasm's own handler
 * throws, but through a temporary file, which is not to be had everywhere.) Its reads are counted on the way.
 * @param files h5wasm's `Module.FS`.
 */
export function listen(files: unknown): void {
  const fs = files as Files;
  if (listening.has(fs)) return;
  listening.add(fs);
  const { open, read, write } = fs;
  fs.open = (path, flags, mode) => {
    trace?.opened.push(path);
    return open(path, flags, mode);
  };
  fs.read = (stream, buffer, offset, length, position) => {
    const bytes = read(stream, buffer, offset, length, position);
    if (trace) {
      trace.reads++;
      if (bytes < length) trace.short = true;
    }
    return bytes;
  };
  fs.write = (stream, buffer, offset, length, position) => {
    if (stream.nfd !== 2 || heard === undefined) return write(stream, buffer, offset, length, position);
    heard += Buffer.from(buffer.buffer, buffer.byteOffset + offset, length).toString('latin1');
    return length;
  };
}

/**
 * Runs a call into HDF5 and makes one line of its C stack.
 * @throws DataError not-hdf5, truncated, corrupt, unreadable.
 */
export function guard<T>(path: string, call: () => T): T {
  heard = '';
  try {
    const result = call();
    if (heard !== '') throw new Error(heard);
    return result;
  } catch (error) {
    if (error instanceof DataError) throw error;
    // h5wasm's own words are vaguer than those of HDF5 below it.
    throw h5Error(path, heard ? new Error(heard) : error);
  } finally {
    heard = undefined;
  }
}

function h5Error(path: string, error: unknown): DataError {
  const text = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  const eof = /truncated file: eof = (\d+).*stored_eof = (\d+)/.exec(text);
  if (eof)
    return new DataError(
      'truncated',
      `${path} is truncated: ${eof[1]} of ${eof[2]} bytes are there; download or copy it again`,
      options,
    );
  if (/file signature not found/.test(text))
    return new DataError('not-hdf5', `${path} is not an HDF5 file`, options);
  if (/Permission denied/.test(text))
    return new DataError('unreadable', `cannot read ${path}: permission denied`, options);
  if (/already open for write/.test(text))
    return new DataError(
      'unreadable',
      `${path} is open for writing in another program, or one that wrote to it was killed; close it there, or run h5clear -s on it`,
      options,
    );
  if (/unable to open external raw data file/.test(text))
    return new DataError(
      'missing-file',
      `${path} keeps its values in another file, ${trace?.opened.at(-1) ?? 'of external storage'}, which cannot be opened; put it there (HDF5 looks from the working folder)`,
      options,
    );
  const filter = /required filter '([^']+)' is not registered/.exec(text);
  if (filter)
    return new DataError(
      'unreadable',
      `${path} is compressed with "${filter[1]}", which is not supported; rewrite it with gzip or none`,
      options,
    );
  // The innermost frame of the stack says what went wrong.
  const why = text
    .match(/in H5\w+\(\): ([^\n]+)/g)
    ?.at(-1)
    ?.replace(/^.*?\(\): /, '');
  return new DataError(
    'corrupt',
    `${path} is corrupt${why ? ` (HDF5: ${why.trim().slice(0, 120)})` : ''}; download or copy it again`,
    options,
  );
}
