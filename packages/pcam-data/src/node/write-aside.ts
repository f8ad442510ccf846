import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAside as aside, makeFolder } from '@pcam/files';
import { fileError } from './errors.js';

/**
 * `writeAside` of `@pcam/files` with the folders that the file lies in: `path` is either whole or not there.
 * @throws DataError unwritable, disk-full; whatever `fill` throws.
 */
export async function writeAside(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    makeFolder(dirname(path));
    await aside(path, fill);
  } catch (error) {
    throw fileError(error, path, 'write');
  }
}
