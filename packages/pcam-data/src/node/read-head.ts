import { open } from 'node:fs/promises';
import { fileError } from './errors.js';

/** The first bytes of a file, fewer where it is shorter. @throws DataError missing-file, unreadable. */
export async function readHead(path: string, bytes = 512): Promise<Buffer> {
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
