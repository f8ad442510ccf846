import { open, statfs } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { DataError } from './errors.js';
import { type Fingerprint, fingerprint } from './fingerprint.js';
import { encodeHeader, type FlatHeader, readHeader } from './flat-format.js';
import type { OnProgress } from './progress.js';
import type { SpecDataset } from './spec.js';
import { writeAll, writeAside } from './write-aside.js';

/** Source paths beyond this are not listed in the header, only counted in its fingerprint. */
const LISTED_SOURCES = 16;
const BLOCK_BYTES = 8 << 20;

export interface PrepareOptions {
  /** Writes also where the file is there and its sources have not changed. */
  readonly force?: boolean;
  readonly onProgress?: OnProgress;
}

/**
 * Streams a data set once into a flat cache, for fast reads in any order: images, masks,
 * labels, `tumor_patch` and slides as plain bytes (see `openFlat`). Written aside, then renamed.
 * @returns whether it was written; false where it was there and up to date.
 * @throws DataError disk-full, unwritable; what reading the data set throws.
 */
export async function prepareFlat(
  dataset: SpecDataset,
  file: string,
  options: PrepareOptions = {},
): Promise<boolean> {
  const path = resolve(file);
  const print = await fingerprint(dataset.sources);
  if (!options.force && (await isUpToDate(path, dataset, print))) return false;
  const names = dataset.slides && [...new Set(dataset.slides)];
  const { bytes, offsets } = encodeHeader({
    version: 1,
    name: dataset.name,
    length: dataset.length,
    height: dataset.height,
    width: dataset.width,
    masks: dataset.hasMasks,
    slides: names,
    ...(dataset.tumorPatch && { tumorPatch: true }),
    sources: dataset.sources.length <= LISTED_SOURCES ? dataset.sources.map((s) => resolve(s)) : [],
    fingerprint: print,
  });
  const pixels = dataset.height * dataset.width;
  const task = `prepare ${basename(path)}`;
  await writeAside(path, async (out) => {
    await checkSpace(path, offsets.end);
    await writeAll(out, bytes, 0);
    await writeAll(out, dataset.labels, offsets.labels);
    const step = Math.max(1, Math.floor(BLOCK_BYTES / (pixels * 4)));
    for (let start = 0; start < dataset.length; start += step) {
      const count = Math.min(step, dataset.length - start);
      const { images, masks } = await dataset.read(Array.from({ length: count }, (_, k) => start + k));
      await writeAll(out, images, offsets.images + start * pixels * 3);
      if (masks) await writeAll(out, masks, offsets.masks + start * pixels);
      options.onProgress?.({ task, done: start + count, total: dataset.length, unit: 'patches' });
    }
    if (names) await writeAll(out, slideNumbers(dataset.slides!, names), offsets.slides);
    if (dataset.tumorPatch) await writeAll(out, dataset.tumorPatch, offsets.tumorPatch);
  });
  return true;
}

function slideNumbers(slides: readonly string[], names: readonly string[]): Uint8Array {
  const number = new Map(names.map((name, k) => [name, k]));
  const out = new DataView(new ArrayBuffer(slides.length * 4));
  slides.forEach((slide, i) => {
    out.setUint32(i * 4, number.get(slide)!, true);
  });
  return new Uint8Array(out.buffer);
}

async function isUpToDate(path: string, dataset: SpecDataset, print: Fingerprint): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return false;
  try {
    const { header } = await readHeader(file, path);
    const same: (keyof FlatHeader)[] = ['name', 'length', 'height', 'width'];
    return (
      header.fingerprint.sha256 === print.sha256 &&
      header.masks === dataset.hasMasks &&
      Boolean(header.tumorPatch) === Boolean(dataset.tumorPatch) &&
      same.every((key) => header[key] === dataset[key as 'length'])
    );
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  } finally {
    await file.close();
  }
}

async function checkSpace(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize >= bytes) return;
  throw new DataError(
    'disk-full',
    `not enough space for ${path}: ${bytes} bytes are needed, ${bavail * bsize} are free`,
  );
}
