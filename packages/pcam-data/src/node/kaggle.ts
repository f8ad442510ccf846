import { basename, join, resolve } from 'node:path';
import { checkKeys } from '@pcam/options';
import { parseBinary, readColumns } from './csv.js';
import { DataError } from './errors.js';
import { checkSplit, type SplitOptions, splitOf } from './fractions.js';
import { IMAGE_EXTENSIONS, imageDataset, imageNames, type LabelledFile, listImages } from './image-files.js';
import type { LayoutOpener } from './layouts.js';
import type { SpecDataset } from './spec.js';

const KAGGLE_LABELS = 'train_labels.csv';

/** Kaggle's table and images. */
export const kaggle: LayoutOpener = {
  looksFor: () => `${KAGGLE_LABELS} with train/*.tif`,
  recognises: async (_, names) => names.includes(KAGGLE_LABELS),
  open: (dir, split, { seed, fractions }) => openKaggle(dir, split, { seed, fractions }),
  isDivided: true,
  sourceFiles: async (dir) => ({ images: await imageNames(dir, 'train'), labels: [KAGGLE_LABELS] }),
};

/**
 * Opens Kaggle's "Histopathologic Cancer Detection": `train/<id>.tif` (or PNG, JPEG,
 * WebP) with `train_labels.csv` (`id,label`; ids with or without extension, labels 0/1 or False/True). Its own test set has no labels, so train, valid and
 * test are parts of `train/`, divided by image id.
 * @throws DataError missing-file, missing-split, bad-label, bad-metadata, bad-image.
 */
export async function openKaggle(
  dir: string,
  split: string,
  options: SplitOptions = {},
): Promise<SpecDataset> {
  checkKeys<SplitOptions>('openKaggle', options, { seed: true, fractions: true });
  const folder = resolve(dir);
  const wanted = checkSplit(split, folder);
  const { seed, fractions } = options;
  const root = join(folder, 'train');
  const images = new Map<string, string>();
  for (const name of await listImages(root)) {
    const id = imageId(name);
    const other = images.get(id);
    if (other !== undefined)
      throw new DataError(
        'bad-image',
        `${root} holds ${other} and ${name}, both of id ${id}; remove one of them`,
      );
    images.set(id, name);
  }
  const files: LabelledFile[] = [];
  for (const { id, label } of await readKaggleLabels(join(folder, KAGGLE_LABELS))) {
    if (splitOf(id, options) !== wanted) continue;
    const name = images.get(id);
    if (name === undefined)
      throw new DataError(
        'missing-file',
        `${join(root, `${id}.tif`)} does not exist (nor .png, .jpg or .webp), but ${KAGGLE_LABELS} names it`,
      );
    files.push({ path: join(root, name), label });
  }
  return imageDataset(`${basename(folder)}/${split}`, files, {
    kind: 'kaggle',
    dir: folder,
    split,
    seed,
    fractions,
  });
}

/** An image's id is its file name, which some tables give with the extension. */
const imageId = (name: string): string => name.replace(IMAGE_EXTENSIONS, '');

async function readKaggleLabels(path: string): Promise<{ id: string; label: 0 | 1 }[]> {
  const seen = new Set<string>();
  const rows = await readColumns(path, ['id', 'label']);
  if (rows.length === 0)
    throw new DataError('bad-metadata', `${path} has no rows; each names an id and its label`);
  return rows.map(({ line, cells }) => {
    const [name = '', cell = ''] = cells;
    const id = imageId(name);
    const label = parseBinary(cell);
    if (!/^[\w.-]+$/.test(id))
      throw new DataError('bad-metadata', `${path}, line ${line}: "${name}" is no image id`);
    if (seen.has(id)) throw new DataError('bad-metadata', `${path}, line ${line}: ${id} comes twice`);
    if (label === undefined)
      throw new DataError(
        'bad-label',
        `${path}, line ${line}: the label is "${cell}", but labels must be 0 or 1`,
      );
    seen.add(id);
    return { id, label };
  });
}
