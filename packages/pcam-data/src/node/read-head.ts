import { open, stat } from 'node:fs/promises';
import { DataError, fileError } from './errors.js';

/** The first bytes of a file, fewer where it is shorter. @throws DataError missing-file, unreadable. */
export async function readHead(path: string, bytes = 512): Promise<Buffer> {
  try {
    const found = await stat(path);
    // Opening a pipe waits for its writer; and what is read elsewhere than at its start must be a file.
    if (!found.isFile() && !found.isDirectory())
      throw new DataError(
        'unreadable',
        `${path} is a pipe or a device, not a file; copy what it gives into a file`,
      );
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
