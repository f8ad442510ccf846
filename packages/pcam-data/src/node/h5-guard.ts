import { DataError } from './errors.js';

interface Files {
  write(
    stream: { nfd?: number },
    buffer: Uint8Array,
    offset: number,
    length: number,
    position?: number,
  ): number;
}

/** What HDF5 has written to stderr during the call under way; undefined between calls. */
let heard: string | undefined;
const listening = new WeakSet<object>();

/**
 * HDF5 tells what went wrong by printing its C stack, and h5wasm then returns memory that
 * nothing was read into. So what it prints is caught here instead. (h5wasm's own handler
 * throws, but through a temporary file, which is not to be had everywhere.)
 * @param files h5wasm's `Module.FS`.
 */
export function listen(files: unknown): void {
  const fs = files as Files;
  if (listening.has(fs)) return;
  listening.add(fs);
  const write = fs.write;
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
