import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './folders.js';
import { asideOf, removeAbandoned, removeAtExit, removeQuietly } from './leftovers.js';

/**
 * Writes a file under a temporary name beside `path`, syncs it and renames it: `path` holds the old bytes or the new
 * ones, whatever happens and whenever. The temporary file goes on any error and where the process exits; one that a
 * killed process left goes a day later, at the next writing of the same file. Its folder must be there.
 *
 * @param fill writes the content.
 * @throws system errors as they come (see `describeDiskError`); whatever `fill` throws.
 */
export async function writeAside(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  removeAbandoned(path);
  const aside = asideOf(path);
  let file: FileHandle | undefined = await open(aside, 'wx');
  const forget = removeAtExit(aside);
  try {
    await fill(file);
    await file.sync();
    await file.close();
    file = undefined;
    renameSync(aside, path);
    syncFolder(dirname(path));
  } catch (error) {
    await file?.close().catch(() => {});
    removeQuietly(aside);
    throw error;
  } finally {
    forget();
  }
}

/**
 * As {@link writeAside}, at once, for content that is in memory.
 *
 * @param aside where to write first: a fixed name where a lock keeps other writers out, so that what a killed process
 *   left there is written over; a name of its own by default.
 * @throws system errors as they come.
 */
export function replaceFile(path: string, content: Uint8Array | string, aside?: string): void {
  if (aside === undefined) removeAbandoned(path);
  const name = aside ?? asideOf(path);
  const file = openSync(name, aside === undefined ? 'wx' : 'w');
  try {
    try {
      writeAllSync(file, typeof content === 'string' ? Buffer.from(content) : content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(name, path);
    syncFolder(dirname(path));
  } catch (error) {
    removeQuietly(name);
    throw error;
  }
}

/** Writes all of `bytes`, at `position` or at the end of what is written; a short write is continued. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === undefined ? null : position + done;
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at);
    done += bytesWritten;
  }
}

/** The same at once: a disk that has just become full may take less than it is given. */
export function writeAllSync(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
