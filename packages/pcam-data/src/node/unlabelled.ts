import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { checkKeys } from '@pcam/options';
import type { Dataset } from '../dataset.js';
import { decodeImage } from './decode-image.js';
import { DataError, fileError } from './errors.js';
import { openFlat } from './flat.js';
import { FLAT_EXTENSION } from './flat-format.js';
import { checkIndex, gather, h5RunReader } from './gather.js';
import { type GunzipOptions, gunzipped } from './gunzip.js';
import { openH5 } from './h5.js';
import { IMAGE_EXTENSIONS, imageDataset, listImages } from './image-files.js';
import { checkImages } from './official.js';
import { listFolder, officialName, splitsAmong } from './official-files.js';

/** Which split, and what becomes of images that cannot be read. */
export interface OpenUnlabelledOptions extends GunzipOptions {
  /** Of a folder of official files or flat caches; `test` by default. */
  readonly split?: string;
  /**
   * Hears of each image file that cannot be decoded or is of another size, which is then left out; without it, the
   * first such is an error.
   */
  readonly onBroken?: (error: DataError) => void;
}

/** Patches of which nobody needs to know the labels: all of these are 0. */
export interface UnlabelledDataset extends Dataset {
  /** The file of each patch, relative to the folder that was opened, `[length]`. */
  readonly files: readonly string[];
}

const H5 = /\.(h5|hdf5)(\.gz)?$/i;

/**
 * Opens patches without their labels: an image, a folder of images (those in its folders too), an HDF5 file with an
 * array `x`, a flat cache, or a folder with a split of official files (of which `x` alone is read) or of flat caches.
 * Images come sorted by path; each is decoded once to see that it can be, before any is used.
 *
 * @throws DataError with a one-line message and a `code` telling what is wrong.
 */
export async function openUnlabelled(
  path: string,
  options: OpenUnlabelledOptions = {},
): Promise<UnlabelledDataset> {
  checkKeys<OpenUnlabelledOptions>('openUnlabelled', options, {
    split: true,
    onBroken: true,
    cacheDir: true,
    onProgress: true,
  });
  const { split = 'test' } = options;
  const full = resolve(path);
  const found = await stat(full).catch((error: unknown) => {
    throw fileError(error, full, 'read');
  });
  if (!found.isDirectory()) {
    if (H5.test(full)) return openArray(full, options);
    if (full.endsWith(FLAT_EXTENSION)) return fromFlat(full);
    return openImages(basename(full), full, [full], options);
  }
  const names = await listFolder(full);
  if (names.includes(`${split}${FLAT_EXTENSION}`)) return fromFlat(join(full, `${split}${FLAT_EXTENSION}`));
  const splits = splitsAmong(names);
  if (splits.length > 0) {
    const x = officialName(split, 'x');
    const name = [x, `${x}.gz`].find((each) => names.includes(each));
    if (name) return openArray(join(full, name), options);
    throw new DataError('missing-split', `${full} has no split "${split}"; it has ${splits.join(', ')}`);
  }
  return openImages(basename(full), full, await imagesBelow(full), options);
}

/** All images in a folder and in its folders, sorted by path. */
async function imagesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const inside = entries
    .filter(
      (entry) => IMAGE_EXTENSIONS.test(entry.name) && !entry.name.startsWith('.') && !entry.isDirectory(),
    )
    .map((entry) => join(entry.parentPath, entry.name));
  // It knows what to say of a folder that has none.
  if (inside.length === 0) await listImages(folder);
  return inside.sort();
}

async function openImages(
  name: string,
  root: string,
  paths: readonly string[],
  { onBroken, onProgress }: OpenUnlabelledOptions,
): Promise<UnlabelledDataset> {
  const whole: string[] = [];
  let size: string | undefined;
  for (const [i, path] of paths.entries()) {
    try {
      const { height, width } = await decodeImage(path);
      const own = `${height}×${width}`;
      size ??= own;
      if (own !== size)
        throw new DataError(
          'bad-image',
          `${path} is ${own}, but ${whole[0]} is ${size}; all must be of one size`,
        );
      whole.push(path);
    } catch (error) {
      if (!onBroken || !(error instanceof DataError)) throw error;
      onBroken(error);
    }
    onProgress?.({ task: 'checking', done: i + 1, total: paths.length, unit: 'patches' });
  }
  if (whole.length === 0)
    throw new DataError('bad-image', `${root}: none of ${paths.length} images can be read`);
  const labelled = whole.map((path) => ({ path, label: 0 as const }));
  const {
    spec: _,
    sources: __,
    ...dataset
  } = await imageDataset(name, labelled, {
    kind: 'folder',
    dir: root,
    split: '',
  });
  return { ...dataset, files: whole.map((path) => relative(root, path) || basename(path)) };
}

async function openArray(path: string, options: GunzipOptions): Promise<UnlabelledDataset> {
  const source = await openH5(path.endsWith('.gz') ? await gunzipped(path, options) : path);
  try {
    const x = source.array('x');
    const [length, height, width] = checkImages(x);
    const read = h5RunReader(x, 64 << 20);
    const name = basename(path);
    const labels = new Uint8Array(length);
    return {
      ...{ name, length, height, width, hasMasks: false, labels },
      files: Array.from(labels, () => name),
      async read(wanted) {
        const index = checkIndex(wanted, length, name);
        const images = await gather(index, height * width * 3, read);
        return { images, labels: new Uint8Array(index.length), index };
      },
      async close() {
        source.close();
      },
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

async function fromFlat(path: string): Promise<UnlabelledDataset> {
  const flat = await openFlat(path);
  const { name, length, height, width } = flat;
  return {
    ...{ name, length, height, width, hasMasks: false, labels: new Uint8Array(length) },
    files: Array.from({ length }, () => basename(path)),
    async read(wanted) {
      const { images, index } = await flat.read(wanted);
      return { images, labels: new Uint8Array(index.length), index };
    },
    close: () => flat.close(),
  };
}
