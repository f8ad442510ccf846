import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataError, fileError } from './errors.js';
import { openFlat } from './flat.js';
import { EXTENSION } from './flat-format.js';
import { CLASS_FOLDERS, classFolders, openFolder, splitFolders } from './folder.js';
import type { SplitOptions } from './fractions.js';
import { KAGGLE_LABELS, openKaggle } from './kaggle.js';
import { type OpenPcamOptions, openPcam } from './official.js';
import { listFolder, officialFolder, officialName, SPLITS, splitsAmong } from './official-files.js';
import type { SpecDataset } from './spec.js';

export type OpenDatasetOptions = OpenPcamOptions & SplitOptions;

/** How the patches of a folder lie. */
export type Layout = 'flat' | 'pcam' | 'kaggle' | 'folder';

/**
 * Finds out how the patches of a split lie in a folder. A flat cache of the split goes
 * before the files it was prepared from.
 * @throws DataError unknown-layout, listing what was looked for; missing-file, unreadable.
 */
export async function detectLayout(dir: string, split: string): Promise<Layout> {
  const folder = resolve(dir);
  const names = await listFolder(folder);
  if (names.includes(`${split}${EXTENSION}`)) return 'flat';
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
 * @param path a folder, or a flat cache.
 * @throws DataError with a one-line message and a `code` telling what is wrong.
 */
export async function openDataset(
  path: string,
  split: string,
  options: OpenDatasetOptions = {},
): Promise<SpecDataset> {
  const isFile = await stat(path).then(
    (s) => s.isFile(),
    (error: unknown) => {
      throw fileError(error, resolve(path), 'read');
    },
  );
  if (isFile) return openFlat(path);
  switch (await detectLayout(path, split)) {
    case 'flat':
      return openFlatSplit(path, split);
    case 'pcam':
      return openPcam(path, split, options);
    case 'kaggle':
      return openKaggle(path, split, options);
    case 'folder':
      return openFolder(path, split, options);
  }
}

async function openFlatSplit(dir: string, split: string): Promise<SpecDataset> {
  const names = await listFolder(dir);
  if (names.includes(`${split}${EXTENSION}`)) return openFlat(join(dir, `${split}${EXTENSION}`));
  const there = SPLITS.filter((s) => names.includes(`${s}${EXTENSION}`));
  throw new DataError('missing-split', `${resolve(dir)} has no split "${split}"; it has ${there.join(', ')}`);
}
