import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseCsv } from './csv.js';
import { DataError, fileError } from './errors.js';
import { checkSplit, type SplitOptions, splitOf } from './fractions.js';
import { imageDataset, type LabelledFile } from './images.js';
import { listFolder } from './official-files.js';
import type { SpecDataset } from './spec.js';

export const KAGGLE_LABELS = 'train_labels.csv';

/**
 * Opens Kaggle's "Histopathologic Cancer Detection": `train/<id>.tif` with
 * `train_labels.csv` (`id,label`). Its own test set has no labels, so train, valid and
 * test are parts of `train/`, divided by image id.
 * @throws DataError missing-file, missing-split, bad-label, bad-metadata, bad-image.
 */
export async function openKaggle(
  dir: string,
  split: string,
  options: SplitOptions = {},
): Promise<SpecDataset> {
  const folder = resolve(dir);
  const wanted = checkSplit(split, folder);
  const { seed, fractions } = options;
  const images = new Map<string, string>();
  for (const name of await listFolder(join(folder, 'train')))
    if (/\.tiff?$/i.test(name)) images.set(name.replace(/\.tiff?$/i, ''), name);
  const files: LabelledFile[] = [];
  for (const { id, label } of await readKaggleLabels(join(folder, KAGGLE_LABELS))) {
    if (splitOf(id, options) !== wanted) continue;
    const name = images.get(id);
    if (name === undefined)
      throw new DataError(
        'missing-file',
        `${join(folder, 'train', `${id}.tif`)} does not exist, but ${KAGGLE_LABELS} names it`,
      );
    files.push({ path: join(folder, 'train', name), label });
  }
  return imageDataset(`${basename(folder)}/${split}`, files, {
    kind: 'kaggle',
    dir: folder,
    split,
    seed,
    fractions,
  });
}

async function readKaggleLabels(path: string): Promise<{ id: string; label: 0 | 1 }[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  const [header = [], ...rows] = parseCsv(text);
  const [idAt, labelAt] = ['id', 'label'].map((column) => header.indexOf(column)) as [number, number];
  if (idAt < 0 || labelAt < 0)
    throw new DataError(
      'bad-metadata',
      `${path} must have the columns id,label; its columns are ${header.join(',')}`,
    );
  const seen = new Set<string>();
  return rows.map((row, k) => {
    const id = row[idAt] ?? '';
    const label = row[labelAt]?.trim();
    if (!/^[\w.-]+$/.test(id))
      throw new DataError('bad-metadata', `${path}, line ${k + 2}: "${id}" is no image id`);
    if (seen.has(id)) throw new DataError('bad-metadata', `${path}, line ${k + 2}: ${id} comes twice`);
    if (label !== '0' && label !== '1')
      throw new DataError(
        'bad-label',
        `${path}, line ${k + 2}: the label is "${label ?? ''}", but labels must be 0 or 1`,
      );
    seen.add(id);
    return { id, label: label === '1' ? 1 : 0 };
  });
}
