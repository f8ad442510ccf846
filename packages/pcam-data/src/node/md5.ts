import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { fileError } from './errors.js';
import { refusePipe } from './file-kind.js';
import type { OnProgress } from './progress.js';

/** The md5 of a file, read in pieces. @throws DataError missing-file, unreadable. */
export async function md5File(
  path: string,
  options: { readonly total?: number; readonly onProgress?: OnProgress; readonly signal?: AbortSignal } = {},
): Promise<string> {
  await refusePipe(path);
  const hash = createHash('md5');
  const task = `check ${basename(path)}`;
  let done = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal: options.signal })) {
      hash.update(chunk);
      done += chunk.length;
      options.onProgress?.({ task, done, total: options.total, unit: 'bytes' });
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
  return hash.digest('hex');
}
