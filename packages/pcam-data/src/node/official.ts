import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { checkKeys } from '@pcam/options';
import type { Patches } from '../dataset.js';
import { DataError } from './errors.js';
import { checkIndex, gather, h5RunReader } from './gather.js';
import { type GunzipOptions, gunzipped } from './gunzip.js';
import { type H5Array, type H5Source, openH5 } from './h5.js';
import type { LayoutOpener } from './layouts.js';
import { type PatchMetadata, readMetadata } from './metadata.js';
import { findOfficial, officialFolder, officialName, officialPaths, splitsAmong } from './official-files.js';
import type { FilesSpec, SpecDataset } from './spec.js';

/** Where official files are decompressed to, and how much of them is kept in memory. */
export interface OpenPcamOptions extends GunzipOptions {
  /** Memory for decoded chunks of compressed files, in bytes; 64 MiB by default. */
  readonly cacheBytes?: number;
}

const OPTIONS = { cacheDir: true, cacheBytes: true, onProgress: true } as const;

/** PatchCamelyon's official files. */
export const pcam: LayoutOpener = {
  looksFor: (split) => `${officialName(split, 'x')}[.gz]`,
  recognises: async (dir) => splitsAmong((await officialFolder(dir)).names).length > 0,
  open: (dir, split, { cacheDir, cacheBytes, onProgress }) =>
    openPcam(dir, split, { cacheDir, cacheBytes, onProgress }),
  isDivided: false,
  async sourceFiles(dir, split) {
    const { x, y, mask, meta } = await findOfficial(dir, split);
    const names = (paths: readonly (string | undefined)[]): string[] =>
      paths.flatMap((path) => (path === undefined ? [] : [basename(path)]));
    return { images: names([x, mask]), labels: names([y, meta]) };
  },
};

/** A split of PatchCamelyon in its official files. */
export interface PcamDataset extends SpecDataset {
  /** The meta CSV, where it is there. */
  readonly metadata?: PatchMetadata;
  readonly spec: FilesSpec;
}

/**
 * Opens a split of PatchCamelyon: `camelyonpatch_level_2_split_{split}_{x,y}.h5` or
 * `.h5.gz` and, where they are there, `_mask.h5[.gz]` and `_meta.csv[.gz]`. Patches of any
 * size, HDF5 of any layout; nothing but labels and metadata is held in memory.
 * A `.gz` is decompressed once: beside itself, or in a cache folder where its own
 * cannot be written.
 * @param dir the folder with the files, or torchvision's root, which holds them in `pcam/`.
 * @param split `train`, `valid` or `test`.
 * @throws DataError with a one-line message and a `code` telling what is wrong.
 */
export async function openPcam(
  dir: string,
  split: string,
  options: OpenPcamOptions = {},
): Promise<PcamDataset> {
  checkKeys<OpenPcamOptions>('openPcam', options, OPTIONS);
  const files = await findOfficial(dir, split);
  const sources: H5Source[] = [];
  const openPart = async (path: string, key: string): Promise<H5Array> => {
    try {
      const source = await openH5(path.endsWith('.gz') ? await gunzipped(path, options) : path);
      sources.push(source);
      return source.array(key, { sparse: key === 'mask' });
    } catch (error) {
      throw await withPackedAdvice(error, path);
    }
  };
  try {
    const y = await openPart(files.y, 'y');
    const x = await openPart(files.x, 'x');
    const mask = files.mask ? await openPart(files.mask, 'mask') : undefined;
    const [length, height, width] = checkImages(x);
    const labels = readLabels(y, x, length);
    if (mask) checkMasks(mask, length, height, width);
    const metadata = files.meta ? await readMetadata(files.meta, length) : undefined;
    const cacheBytes = options.cacheBytes ?? 64 << 20;
    const readImages = h5RunReader(x, mask ? cacheBytes * 0.75 : cacheBytes);
    const readMasks = mask && h5RunReader(mask, cacheBytes * 0.25);
    let closed = false;
    const name = `${basename(files.folder)}/${split}`;
    return {
      name,
      length,
      height,
      width,
      hasMasks: mask !== undefined,
      labels,
      ...(metadata && { tumorPatch: metadata.tumorPatch }),
      slides: metadata?.wsi,
      metadata,
      sources: officialPaths(files),
      spec: { kind: 'pcam', dir: files.folder, split, cacheDir: options.cacheDir },
      async read(wanted): Promise<Patches> {
        if (closed) throw new Error(`${name} is closed`);
        const index = checkIndex(wanted, length, name);
        const images = await gather(index, height * width * 3, readImages);
        const masks = readMasks && binaryMasks(await gather(index, height * width, readMasks), mask!, index);
        return { images, labels: Uint8Array.from(index, (i) => labels[i]!), ...(masks && { masks }), index };
      },
      async close() {
        closed = true;
        for (const source of sources) source.close();
      },
    };
  } catch (error) {
    for (const source of sources) source.close();
    throw error;
  }
}

/** A `.h5` goes before the `.h5.gz` it was unpacked from; where it is damaged, that is the way out. */
async function withPackedAdvice(error: unknown, path: string): Promise<unknown> {
  if (!(error instanceof DataError) || !['truncated', 'corrupt', 'not-hdf5'].includes(error.code))
    return error;
  const there = await stat(`${path}.gz`).then(
    (s) => s.isFile(),
    () => false,
  );
  if (!there) return error;
  const what = error.message.replace(/; download or copy it again$/, '');
  return new DataError(
    error.code,
    `${what}; remove it, and ${basename(path)}.gz beside it is unpacked in its place`,
    { cause: error },
  );
}

const shown = (shape: readonly number[]): string => `(${shape.join(', ')})`;

/** @returns length, height, width. */
export function checkImages(x: H5Array): [number, number, number] {
  const [n = 0, height = 0, width = 0, channels] = x.shape;
  const say = (what: string): DataError =>
    new DataError('wrong-shape', `${x.path}: "${x.key}" has shape ${shown(x.shape)}, ${what}`);
  if (x.dtype !== 'uint8')
    throw new DataError('wrong-dtype', `${x.path}: "${x.key}" holds ${x.dtype}, but images must be uint8`);
  if (x.shape.length !== 4) throw say('but images must be (N, height, width, 3)');
  if (channels !== 3)
    throw say(
      height === 3
        ? 'channels first; images must be (N, height, width, 3)'
        : `but images must have 3 channels (RGB)`,
    );
  if (n === 0 || height === 0 || width === 0) throw say('so it holds no patches');
  return [n, height, width];
}

/** Labels `[length]` of 0 and 1, from (N,), (N, 1) or (N, 1, 1, 1) of any integer type. */
function readLabels(y: H5Array, x: H5Array, length: number): Uint8Array {
  const [n = 0, ...rest] = y.shape;
  if (y.shape.length === 0 || rest.some((d) => d !== 1))
    throw new DataError(
      'wrong-shape',
      `${y.path}: "${y.key}" has shape ${shown(y.shape)}, but labels must be (N, 1, 1, 1) or (N,)`,
    );
  if (!/^(u?int\d+|bool)$/.test(y.dtype))
    throw new DataError('wrong-dtype', `${y.path}: "${y.key}" holds ${y.dtype}, but labels must be integers`);
  if (n !== length)
    throw new DataError('length-mismatch', `${x.path} has ${length} patches, but ${y.path} has ${n} labels`);
  const values = y.integers();
  const bad = values.findIndex((v) => v !== 0 && v !== 1);
  if (bad >= 0)
    throw new DataError('bad-label', `${y.path}: label ${bad} is ${values[bad]}, but labels must be 0 or 1`);
  return Uint8Array.from(values);
}

/** Masks are (N, H, W) or (N, H, W, 1), of the images' size. */
function checkMasks(mask: H5Array, length: number, height: number, width: number): void {
  const [n = 0, h, w, ...rest] = mask.shape;
  if (mask.dtype !== 'uint8' && mask.dtype !== 'int8' && mask.dtype !== 'bool')
    throw new DataError(
      'wrong-dtype',
      `${mask.path}: "${mask.key}" holds ${mask.dtype}, but masks must be uint8`,
    );
  if (h !== height || w !== width || rest.length > 1 || rest.some((d) => d !== 1))
    throw new DataError(
      'wrong-shape',
      `${mask.path}: "${mask.key}" has shape ${shown(mask.shape)}, but masks must be (N, ${height}, ${width}, 1)`,
    );
  if (n !== length)
    throw new DataError(
      'length-mismatch',
      `${mask.path} has ${n} masks, but the split has ${length} patches`,
    );
}

/** Masks as 0/1; 255 is taken for 1, as in masks that were made to be looked at. */
function binaryMasks(masks: Uint8Array, array: H5Array, index: Int32Array): Uint8Array {
  const size = masks.length / index.length;
  for (let i = 0; i < masks.length; i++) {
    if (masks[i]! <= 1) continue;
    if (masks[i] !== 255)
      throw new DataError(
        'bad-mask',
        `${array.path}: mask ${index[Math.floor(i / size)]} has a pixel ${masks[i]}, but masks must be 0 or 1`,
      );
    masks[i] = 1;
  }
  return masks;
}
