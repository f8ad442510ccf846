import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder as make, replaceFile } from '@pcam/files';
import { BEST, type CheckpointStore, VALIDATION } from '../store.js';
import { RunFolderError, refuseFile, writeError } from './errors.js';

/** Ends the names of files that are not complete yet. A lock keeps other writers out, so that the name may be fixed. */
export const PARTIAL = '.partial';

/** Files in a folder, written aside and renamed. */
export function folderStore(dir: string): CheckpointStore {
  return {
    async write(name, bytes) {
      const path = join(dir, name);
      makeFolder(dirname(path));
      // Temperature and threshold are of the weights that go: nobody must take them for those of the new ones.
      if (name === BEST) rmSync(join(dir, VALIDATION), { force: true });
      writeFile(path, bytes);
    },
    read: async (name) => {
      const path = join(dir, name);
      return existsSync(path) ? readBytes(path) : undefined;
    },
  };
}

/** With the folders that it lies in. @throws RunFolderError where there is a file, or none may be made. */
export function makeFolder(path: string): void {
  try {
    make(path);
  } catch (error) {
    throw writeError(error, path);
  }
  refuseFile(path);
}

/** @throws RunFolderError; the old file is then untouched and nothing half-written is left. */
function writeFile(path: string, content: Uint8Array | string): void {
  try {
    replaceFile(path, content, path + PARTIAL);
  } catch (error) {
    throw writeError(error, path);
  }
}

export function writeJson(path: string, value: unknown): void {
  writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** @throws RunFolderError where it is missing or broken, or no object. */
export function readJson(path: string): object {
  return readParsed(path, (value) => typeof value === 'object' && !Array.isArray(value));
}

/** As {@link readJson}, of a list. */
export function readJsonList(path: string): readonly unknown[] {
  return readParsed(path, Array.isArray) as readonly unknown[];
}

function readParsed(path: string, fits: (value: unknown) => boolean): object {
  try {
    // Decoded so, a byte-order mark that an editor put before it is dropped.
    const value: unknown = JSON.parse(new TextDecoder().decode(readFileSync(path)));
    if (value && fits(value)) return value;
    throw new Error('neither the list nor the object that belongs there');
  } catch (error) {
    throw new RunFolderError('broken', `${path} cannot be read as JSON; restore it or start a new run`, {
      cause: error,
    });
  }
}

/** A plain array: `slice` of a Buffer does not copy. */
export function readBytes(path: string): Uint8Array {
  const { buffer, byteOffset, length } = readFileSync(path);
  return new Uint8Array(buffer, byteOffset, length);
}
