import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError, fileError } from './errors.js';
import { fileKind, kindAdvice } from './file-kind.js';
import { gzipError } from './gzip-error.js';

/**
 * The text of a file, unpacked where it is gzip data, whatever its name: UTF-8, or UTF-16 with a byte-order mark.
 * @throws DataError missing-file, unreadable, truncated, corrupt; bad-metadata, where it is no text.
 */
export async function readText(path: string): Promise<string> {
  const stored = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  const bytes = fileKind(stored) === 'gzip data' ? await unpack(stored, path) : stored;
  const kind = fileKind(bytes);
  if (kind !== undefined && kind !== 'empty')
    throw new DataError('bad-metadata', `${path} is ${kind}, not text; ${kindAdvice(kind)}`);
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8');
}

async function unpack(bytes: Buffer, path: string): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes);
  } catch (error) {
    throw gzipError(error, path);
  }
}
