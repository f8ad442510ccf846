import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { checkKeys } from '@pcam/options';
import { DataError } from './errors.js';
import { checkSplit, type SplitOptions, splitOf } from './fractions.js';
import { IMAGE_EXTENSIONS, imageDataset, imageNames, type LabelledFile, listImages } from './image-files.js';
import type { LayoutOpener } from './layouts.js';
import { listFolder } from './official-files.js';
import type { SpecDataset } from './spec.js';

/** Folder names taken for the classes, negative first. */
const CLASS_FOLDERS: readonly [readonly string[], readonly string[]] = [
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

/** Images sorted into folders, one a class. */
export const folder: LayoutOpener = {
  looksFor: (split) =>
    `folders of classes (${CLASS_FOLDERS.map((c) => c.slice(0, 3).join('|')).join(' and ')}), also inside ${split}/`,
  async recognises(dir, names) {
    if (classFolders(names)) return true;
    for (const name of names) {
      if (splitFolders([name]).length === 0 || !(await stat(join(dir, name))).isDirectory()) continue;
      if (classFolders(await listFolder(join(dir, name)))) return true;
    }
    return false;
  },
  open: (dir, split, { seed, fractions }) => openFolder(dir, split, { seed, fractions }),
  isDivided: true,
  async sourceFiles(dir, split) {
    const names = await readdir(dir);
    const root = classFolders(names) ? '' : names.find((name) => isFolderOf(split, name));
    if (root === undefined) return { images: [], labels: [] };
    const classes = (await readdir(join(dir, root))).filter((name) =>
      CLASS_FOLDERS.flat().includes(name.toLowerCase()),
    );
    const images = await Promise.all(classes.map((name) => imageNames(dir, join(root, name))));
    return { images: images.flat(), labels: [] };
  },
};

const isFolderOf = (split: string, name: string): boolean =>
  splitFolders([name]).includes(split) || name.toLowerCase() === split.toLowerCase();

/** The folders of the two classes among these names, or undefined. */
function classFolders(names: readonly string[]): [string, string] | undefined {
  const [negative, positive] = CLASS_FOLDERS.map((wanted) => among(names, wanted));
  return negative !== undefined && positive !== undefined ? [negative, positive] : undefined;
}

/** The splits that have folders among these names. */
function splitFolders(names: readonly string[]): string[] {
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
  checkKeys<SplitOptions>('openFolder', options, { seed: true, fractions: true });
  const folder = resolve(dir);
  const names = await listFolder(folder);
  const divide = classFolders(names);
  const root = divide ? folder : join(folder, splitFolder(names, split, folder));
  const classes = divide ?? classFolders(await listFolder(root));
  if (!classes)
    throw new DataError(
      'unknown-layout',
      `${root} has no folders of two classes (${CLASS_FOLDERS.map((c) => c.join(', ')).join('; ')}); it holds ${listed(await listFolder(root))}`,
    );
  await refuseOtherClasses(root, classes);
  const wanted = divide && checkSplit(split, folder);
  const files: LabelledFile[] = [];
  for (const label of [0, 1] as const) {
    for (const name of await listImages(join(root, classes[label])))
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

/** A third folder of images would be left out without a word. */
async function refuseOtherClasses(root: string, classes: readonly string[]): Promise<void> {
  for (const other of await readdir(root, { withFileTypes: true })) {
    if (!other.isDirectory() || other.name.startsWith('.') || classes.includes(other.name)) continue;
    if (!(await readdir(join(root, other.name))).some((name) => IMAGE_EXTENSIONS.test(name))) continue;
    throw new DataError(
      'unknown-layout',
      `${root} holds images of a third class, "${other.name}", beside ${classes.map((c) => `"${c}"`).join(' and ')}; labels are 0 or 1, so merge that folder into one of these or move it away`,
    );
  }
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

/** A few names for a message. */
const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'nothing' : `${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`;
