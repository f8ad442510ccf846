import { open, stat } from 'node:fs/promises';
import { DataError, fileError } from './errors.js';

/**
 * A pipe would wait for its writer as soon as it is opened.
 * @throws DataError missing-file, unreadable.
 */
export async function refusePipe(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  if (found.isFile() || found.isDirectory()) return;
  throw new DataError(
    'unreadable',
    `${path} is a pipe or a device, not a file; copy what it gives into a file`,
  );
}

/** The first bytes of a file, fewer where it is shorter. @throws DataError missing-file, unreadable. */
export async function readHead(path: string, bytes = 512): Promise<Buffer> {
  await refusePipe(path);
  try {
    const file = await open(path, 'r');
    try {
      const head = Buffer.alloc(bytes);
      const { bytesRead } = await file.read(head, 0, bytes, 0);
      return head.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}
