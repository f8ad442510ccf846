import { open, stat } from 'node:fs/promises';
import { DataError, fileError } from './errors.js';

/** Starts of files as Latin-1, at an offset where they do not stand first. */
const STARTS: readonly (readonly [start: string, kind: string, at?: number])[] = [
  ['\x89HDF\r\n\x1a\n', 'an HDF5 file'],
  ['\x1f\x8b', 'gzip data'],
  ['PK\x03\x04', 'a zip archive'],
  ['PK\x05\x06', 'a zip archive'],
  ['BZh', 'bzip2 data'],
  ['\xfd7zXZ\0', 'xz data'],
  ['\x28\xb5\x2f\xfd', 'zstd data'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['Rar!', 'a RAR archive'],
  ['version https://git-lfs', 'a Git LFS pointer'],
  ['\x93NUMPY', 'a NumPy file'],
  ['%PDF', 'a PDF document'],
  ['\x89PNG\r\n\x1a\n', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['II*\0', 'a TIFF image'],
  ['MM\0*', 'a TIFF image'],
  ['II+\0', 'a TIFF image'],
  ['MM\0+', 'a TIFF image'],
  ['WEBP', 'a WebP image', 8],
  ['BM', 'a BMP image'],
  ['GIF8', 'a GIF image'],
  ['jP  ', 'a JPEG 2000 image', 4],
  ['ftypheic', 'a HEIF image', 4],
  ['ftypavif', 'a HEIF image', 4],
];

/** What a file is by its first bytes, in words to follow "is"; undefined where they do not tell. */
export function fileKind(head: Uint8Array): string | undefined {
  if (head.length === 0) return 'empty';
  const start = Buffer.from(head.subarray(0, 512)).toString('latin1');
  const known = STARTS.find(([bytes, , at = 0]) => start.startsWith(bytes, at));
  if (known) return known[1];
  const markup = /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|\?xml|svg)/i.exec(start)?.[2];
  if (markup === undefined) return undefined;
  return /html|head/i.test(markup) ? 'an HTML page' : 'an XML document';
}

/** What to do about a file that should be something else. */
export function kindAdvice(kind: string | undefined): string {
  if (kind === 'a Git LFS pointer') return 'fetch the file itself (git lfs pull)';
  return kind && /archive|bzip2|xz|zstd/.test(kind) ? 'unpack it' : 'download or copy it again';
}

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
