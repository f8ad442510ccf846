import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkKeys } from '@pcam/options';
import { DataError, fileError } from './errors.js';
import { type FlatDataset, openFlat } from './flat.js';
import { EXTENSION } from './flat-format.js';
import { CLASS_FOLDERS, classFolders, openFolder, splitFolders } from './folder.js';
import { DEFAULT_FRACTIONS, type SplitOptions } from './fractions.js';
import { KAGGLE_LABELS, openKaggle } from './kaggle.js';
import { type OpenPcamOptions, openPcam } from './official.js';
import { listFolder, officialFolder, officialName, SPLITS, splitsAmong } from './official-files.js';
import type { SpecDataset } from './spec.js';

export interface OpenDatasetOptions extends OpenPcamOptions, SplitOptions {
  /** Whether a flat cache in the folder goes before the files it was prepared from; true by default. */
  readonly useCache?: boolean;
}

/** How the patches of a folder lie. */
export type Layout = 'flat' | 'pcam' | 'kaggle' | 'folder';

/**
 * Finds out how the patches of a split lie in a folder. A flat cache of the split goes
 * before the files it was prepared from, unless `useCache` is false.
 * @throws DataError unknown-layout, listing what was looked for; missing-file, unreadable.
 */
export async function detectLayout(
  dir: string,
  split: string,
  { useCache = true }: Pick<OpenDatasetOptions, 'useCache'> = {},
): Promise<Layout> {
  const folder = resolve(dir);
  const names = await listFolder(folder);
  if (useCache && names.includes(`${split}${EXTENSION}`)) return 'flat';
  if (splitsAmong((await officialFolder(folder)).names).length > 0) return 'pcam';
  if (names.includes(KAGGLE_LABELS)) return 'kaggle';
  if (classFolders(names)) return 'folder';
  for (const name of names)
    if (splitFolders([name]).length > 0 && (await stat(join(folder, name))).isDirectory())
      if (classFolders(await listFolder(join(folder, name)))) return 'folder';
  if (SPLITS.some((s) => names.includes(`${s}${EXTENSION}`))) return 'flat';
  throw new DataError(
    'unknown-layout',
    `${folder} holds no patches in a known layout; looked for ${officialName(split, 'x')}[.gz], ${split}${EXTENSION}, ` +
      `${KAGGLE_LABELS} with train/*.tif, and folders of classes (${CLASS_FOLDERS.map((c) => c.slice(0, 3).join('|')).join(' and ')}), also inside ${split}/`,
  );
}

/**
 * Opens a split of patches, however they lie: a flat cache (the file or its folder),
 * PatchCamelyon's official files, Kaggle's layout, or a folder per class.
 * @param path a folder, or a flat cache, which holds one split.
 * @throws DataError with a one-line message and a `code` telling what is wrong.
 */
export async function openDataset(
  path: string,
  split: string,
  options: OpenDatasetOptions = {},
): Promise<SpecDataset> {
  checkKeys<OpenDatasetOptions>('openDataset', options, {
    useCache: true,
    seed: true,
    fractions: true,
    cacheDir: true,
    cacheBytes: true,
    onProgress: true,
  });
  const { useCache, seed, fractions, ...reading } = options;
  const isFile = await stat(path).then(
    (s) => s.isFile(),
    (error: unknown) => {
      throw fileError(error, resolve(path), 'read');
    },
  );
  if (isFile) return openFlatOf(path, { seed, fractions }, split);
  switch (await detectLayout(path, split, { useCache })) {
    case 'flat':
      return openFlatSplit(path, split, { seed, fractions });
    case 'pcam':
      return openPcam(path, split, reading);
    case 'kaggle':
      return openKaggle(path, split, { seed, fractions });
    case 'folder':
      return openFolder(path, split, { seed, fractions });
  }
}

async function openFlatSplit(dir: string, split: string, wanted: SplitOptions): Promise<SpecDataset> {
  const names = await listFolder(dir);
  if (!names.includes(`${split}${EXTENSION}`)) {
    const there = SPLITS.filter((s) => names.includes(`${s}${EXTENSION}`));
    throw new DataError(
      'missing-split',
      `${resolve(dir)} has no split "${split}"; it has ${there.join(', ')}`,
    );
  }
  return openFlatOf(join(dir, `${split}${EXTENSION}`), wanted);
}

/** @param split what it must hold, where its name does not tell. */
async function openFlatOf(path: string, wanted: SplitOptions, split?: string): Promise<SpecDataset> {
  const flat = await openFlat(path);
  try {
    const { spec } = flat.origin;
    if (split !== undefined && spec.split !== split)
      throw new DataError('missing-split', `${resolve(path)} has no split "${split}"; it has ${spec.split}`);
    checkDivision(flat, wanted);
  } catch (error) {
    await flat.close();
    throw error;
  }
  return flat;
}

/** A cache holds one division of its source: who asks for another must not get this one unawares. */
function checkDivision({ origin, sources }: FlatDataset, wanted: SplitOptions): void {
  if (origin.spec.kind !== 'kaggle' && origin.spec.kind !== 'folder') return;
  const { seed = 0, fractions } = origin.spec;
  const differ = (what: string, has: unknown, asked: unknown): void => {
    if (asked === undefined || JSON.stringify(asked) === JSON.stringify(has)) return;
    throw new DataError(
      'stale',
      `${sources[0]} was prepared with ${what} ${JSON.stringify(has)}, not ${JSON.stringify(asked)}; prepare it again with that, or open ${origin.dir} itself`,
    );
  };
  differ('seed', seed, wanted.seed);
  differ('fractions', fractions ?? DEFAULT_FRACTIONS, wanted.fractions);
}
