import { statfs } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { writeAll } from '@pcam/files';
import { checkKeys } from '@pcam/options';
import { checkDataset, readPatches } from '../check-dataset.js';
import { DataError } from './errors.js';
import { encodeHeader } from './flat-format.js';
import { recordSource } from './flat-source.js';
import { equalBytes, findTarget } from './flat-target.js';
import { openSpec } from './open-dataset.js';
import type { OnProgress } from './progress.js';
import type { SpecDataset } from './spec.js';
import { writeAside } from './write-aside.js';

const BLOCK_BYTES = 8 << 20;

/** When a flat cache is written anew. */
export interface PrepareOptions {
  /** Writes also where the file is there and up to date, or is the cache of another folder. */
  readonly force?: boolean;
  readonly onProgress?: OnProgress;
}

/**
 * Streams a data set once into a flat cache, for fast reads in any order: images, masks,
 * labels, `tumor_patch` and slides as plain bytes (see `openFlat`). Written aside, then renamed: two that prepare the
 * same file at a time both end with a whole one. A file that is no flat cache is never replaced.
 * @returns whether it was written; false where it was there and up to date.
 * @throws DataError disk-full, unwritable; stale, where the data set changed after it was opened; what reading the
 *   data set throws.
 */
export async function prepareFlat(
  dataset: SpecDataset,
  file: string,
  options: PrepareOptions = {},
): Promise<boolean> {
  checkKeys<PrepareOptions>('prepareFlat', options, { force: true, onProgress: true });
  checkDataset('prepareFlat', dataset);
  const path = resolve(file);
  if (dataset.sources.some((other) => resolve(other) === path))
    throw new DataError('usage', `${path} is what would be read; prepare into another file or folder`);
  const source = await recordSource(dataset.spec, path);
  const found = await findTarget(path, dataset, source);
  if (!options.force && found === 'same') return false;
  if (!options.force && typeof found === 'object')
    throw new DataError(
      'unwritable',
      `${path} is the flat cache of ${found.dir}; prepare into another file or folder, or replace it with --force (force: true)`,
    );
  await checkStillSame(dataset);
  const names = dataset.slides && [...new Set(dataset.slides)];
  const { bytes, offsets } = encodeHeader({
    version: 2,
    name: dataset.name,
    length: dataset.length,
    height: dataset.height,
    width: dataset.width,
    masks: dataset.hasMasks,
    slides: names,
    ...(dataset.tumorPatch && { tumorPatch: true }),
    source,
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
      const { images, masks } = await readPatches(dataset, range(start, count));
      await writeAll(out, images, offsets.images + start * pixels * 3);
      if (masks) await writeAll(out, masks, offsets.masks + start * pixels);
      options.onProgress?.({ task, done: start + count, total: dataset.length, unit: 'patches' });
    }
    if (names) await writeAll(out, slideNumbers(dataset.slides!, names), offsets.slides);
    if (dataset.tumorPatch) await writeAll(out, dataset.tumorPatch, offsets.tumorPatch);
  });
  return true;
}

const range = (start: number, count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, k) => start + k);

/**
 * The record of the source is of now, but the labels are of when it was opened: a cache of both would pass for fresh
 * with old labels.
 */
async function checkStillSame(dataset: SpecDataset): Promise<void> {
  const now = await openSpec(dataset.spec, { checkSource: false });
  await now.close();
  if (now.length === dataset.length && equalBytes(now.labels, dataset.labels)) return;
  throw new DataError(
    'stale',
    `${dataset.name} has changed since it was opened; open it again, then prepare it`,
  );
}

function slideNumbers(slides: readonly string[], names: readonly string[]): Uint8Array {
  const number = new Map(names.map((name, k) => [name, k]));
  const out = new DataView(new ArrayBuffer(slides.length * 4));
  slides.forEach((slide, i) => {
    out.setUint32(i * 4, number.get(slide)!, true);
  });
  return new Uint8Array(out.buffer);
}

async function checkSpace(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize >= bytes) return;
  throw new DataError(
    'disk-full',
    `not enough space for ${path}: ${bytes} bytes are needed, ${bavail * bsize} are free`,
  );
}
