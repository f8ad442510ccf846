import { basename, join, resolve } from 'node:path';
import { DataError } from './errors.js';
import { checkSplit, type SplitOptions, splitOf } from './fractions.js';
import { IMAGE_EXTENSIONS, imageDataset, type LabelledFile } from './images.js';
import { listFolder } from './official-files.js';
import type { SpecDataset } from './spec.js';

/** Folder names taken for the classes, negative first. */
export const CLASS_FOLDERS: readonly [readonly string[], readonly string[]] = [
  ['0', 'negative', 'normal', 'healthy', 'benign'],
  ['1', 'positive', 'tumor', 'tumour', 'metastasis', 'malignant'],
];

const SPLIT_FOLDERS: Readonly<Record<string, readonly string[]>> = {
  train: ['train', 'training'],
  valid: ['valid', 'val', 'validation'],
  test: ['test'],
};

const among = (names: readonly string[], wanted: readonly string[]): string | undefined =>
  names.find((n) => wanted.includes(n.toLowerCase()));

/** The folders of the two classes among these names, or undefined. */
export function classFolders(names: readonly string[]): [string, string] | undefined {
  const [negative, positive] = CLASS_FOLDERS.map((wanted) => among(names, wanted));
  return negative !== undefined && positive !== undefined ? [negative, positive] : undefined;
}

/** The splits that have folders among these names. */
export function splitFolders(names: readonly string[]): string[] {
  return Object.keys(SPLIT_FOLDERS).filter((split) => among(names, SPLIT_FOLDERS[split]!) !== undefined);
}

/**
 * Opens a folder per class of PNG, JPEG, TIFF or WebP images of one size:
 * `DIR/<split>/<class>/*`, or `DIR/<class>/*`, which is divided by file name. Classes are
 * called 0 and 1, negative and positive, or normal and tumor.
 * @throws DataError missing-file, missing-split, unknown-layout, bad-image.
 */
export async function openFolder(
  dir: string,
  split: string,
  options: SplitOptions = {},
): Promise<SpecDataset> {
  const folder = resolve(dir);
  const names = await listFolder(folder);
  const divide = classFolders(names);
  const root = divide ? folder : join(folder, splitFolder(names, split, folder));
  const classes = divide ?? classFolders(await listFolder(root));
  if (!classes)
    throw new DataError(
      'unknown-layout',
      `${root} has no folders of two classes (${CLASS_FOLDERS.map((c) => c.join(', ')).join('; ')})`,
    );
  const wanted = divide && checkSplit(split, folder);
  const files: LabelledFile[] = [];
  for (const label of [0, 1] as const) {
    const images = (await listFolder(join(root, classes[label]))).filter(
      (n) => IMAGE_EXTENSIONS.test(n) && !n.startsWith('.'),
    );
    for (const name of images.sort())
      if (!wanted || splitOf(`${classes[label]}/${name}`, options) === wanted)
        files.push({ path: join(root, classes[label], name), label });
  }
  const { seed, fractions } = options;
  return imageDataset(`${basename(folder)}/${split}`, files, {
    kind: 'folder',
    dir: folder,
    split,
    seed,
    fractions,
  });
}

function splitFolder(names: readonly string[], split: string, folder: string): string {
  const found = among(names, SPLIT_FOLDERS[split] ?? [split.toLowerCase()]);
  if (found !== undefined) return found;
  const there = splitFolders(names);
  throw new DataError(
    'missing-split',
    `${folder} has no split "${split}"; ${there.length > 0 ? `it has ${there.join(', ')}` : 'it has no folders of splits'}`,
  );
}
