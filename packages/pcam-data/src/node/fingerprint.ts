import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileError } from './errors.js';

/** Tells whether files are still the ones they were, without reading them. */
export interface Fingerprint {
  readonly files: number;
  readonly bytes: number;
  /** Over names, sizes and times of change. */
  readonly sha256: string;
}

/** @throws DataError missing-file, unreadable. */
export async function fingerprint(paths: readonly string[]): Promise<Fingerprint> {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const path of [...paths].sort()) {
    const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
      throw fileError(error, path, 'read');
    });
    bytes += size;
    hash.update(`${basename(path)}\n${size}\n${Math.floor(mtimeMs)}\n`);
  }
  return { files: paths.length, bytes, sha256: hash.digest('hex') };
}
