import { type FileHandle, open } from 'node:fs/promises';
import { systemCode } from '@pcam/files';
import { DataError, fileError } from './errors.js';
import { type FlatHeader, isFlatCache, readHeader } from './flat-format.js';
import type { FlatSource } from './flat-source.js';
import type { SpecDataset } from './spec.js';

/** What lies where a cache is to be written: nothing that matters, the same cache, or that of another folder. */
type FlatTarget = 'replaceable' | 'same' | { readonly dir: string };

/**
 * @param source the data set's, as it is now.
 * @throws DataError unwritable, where another kind of file lies there: it is not ours to replace.
 */
export async function findTarget(
  path: string,
  dataset: SpecDataset,
  source: FlatSource,
): Promise<FlatTarget> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw fileError(error, path, 'write');
  });
  if (!file) return 'replaceable';
  try {
    const stat = await file.stat();
    if (!stat.isFile() || (stat.size > 0 && !(await isFlatCache(file))))
      throw new DataError(
        'unwritable',
        `${path} is there and is no flat cache; move it away, or prepare into another file`,
      );
    return await compare(file, path, dataset, source);
  } finally {
    await file.close();
  }
}

async function compare(
  file: FileHandle,
  path: string,
  dataset: SpecDataset,
  source: FlatSource,
): Promise<FlatTarget> {
  try {
    const { header, offsets } = await readHeader(file, path);
    const dir = header.source.spec.dir;
    const fromHere = dir === source.spec.dir || header.source.near === source.near;
    if (header.source.fingerprint.sha256 !== source.fingerprint.sha256)
      return fromHere ? 'replaceable' : { dir };
    const labels = new Uint8Array(header.length);
    await file.read(labels, 0, labels.length, offsets.labels);
    return describesSame(header, dataset) && fromHere && equalBytes(labels, dataset.labels)
      ? 'same'
      : 'replaceable';
  } catch (error) {
    // Damaged, or of an older version: made anew.
    if (error instanceof DataError) return 'replaceable';
    throw error;
  }
}

function describesSame(header: FlatHeader, dataset: SpecDataset): boolean {
  const same = ['name', 'length', 'height', 'width'] as const;
  return (
    header.masks === dataset.hasMasks &&
    Boolean(header.tumorPatch) === Boolean(dataset.tumorPatch) &&
    same.every((key) => header[key] === dataset[key])
  );
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.length).equals(b);
}
