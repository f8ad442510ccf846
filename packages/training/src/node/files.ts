import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** What went wrong with a run folder, in one line that says what to do. */
export class RunFolderError extends Error {
  override name = 'RunFolderError';
}

/** Ends the names of files that are not complete yet. */
export const PARTIAL = '.partial';

/**
 * Writes aside, makes the bytes durable, then renames: the name holds the old bytes or the
 * new ones, whatever happens and whenever.
 *
 * @throws RunFolderError where the folder cannot be written or the disk is full; the old
 *   file is then untouched and nothing half-written is left.
 */
export function writeFileDurably(path: string, bytes: Uint8Array): void {
  const aside = path + PARTIAL;
  try {
    const file = openSync(aside, 'w');
    try {
      writeAll(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, path);
    syncFolder(dirname(path));
  } catch (error) {
    try {
      rmSync(aside, { force: true });
    } catch {
      // What went wrong first is what counts.
    }
    throw explain(error, path);
  }
}

/** `write` may take less than it is given, e.g. where a disk has just become full. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

/** A rename is durable once its folder is. Windows cannot open folders, and need not. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space, then resume the run',
  EDQUOT: 'the disk quota is used up; free some space, then resume the run',
  EFBIG: 'the file would be larger than this file system or limit allows',
  EACCES: 'permission denied; choose another folder or change its permissions',
  EPERM: 'permission denied; choose another folder or change its permissions',
  EROFS: 'the file system is read-only; choose another folder',
  ENOTDIR: 'a part of the path is a file; choose another folder',
  ENOENT: 'there is no such place; choose another folder',
};

/** A one-line error for a failed file operation. */
export function explain(error: unknown, path: string): Error {
  if (error instanceof RunFolderError || !(error instanceof Error)) return error as Error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new RunFolderError(`cannot write ${path}: ${CAUSES[code] ?? error.message}`, { cause: error });
}

/** With the folders that it lies in. @throws RunFolderError where there is a file, or none may be made. */
export function makeFolder(path: string): void {
  try {
    makeMissing(path);
    refuseFile(path);
  } catch (error) {
    throw explain(error, path);
  }
}

/** Level by level: mkdir's own `recursive` hides why it failed, and never ends on /proc. */
function makeMissing(path: string): void {
  if (existsSync(path)) return;
  makeMissing(dirname(path));
  mkdirSync(path);
}

/** @throws RunFolderError */
export function refuseFile(path: string): void {
  if (!statSync(path).isDirectory()) throw new RunFolderError(`${path} is a file; choose another folder`);
}

export function writeJsonFile(path: string, value: unknown): void {
  writeFileDurably(path, Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
}

/** @throws RunFolderError where it is missing or broken. */
export function readJson(path: string): object {
  try {
    // Decoded so, a byte-order mark that an editor put before it is dropped.
    const value: unknown = JSON.parse(new TextDecoder().decode(readFileSync(path)));
    if (value && typeof value === 'object') return value;
    throw new Error('no object');
  } catch (error) {
    throw new RunFolderError(`${path} cannot be read as JSON; restore it or start a new run`, {
      cause: error,
    });
  }
}
