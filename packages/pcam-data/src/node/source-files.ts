import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CLASS_FOLDERS, classFolders, splitFolders } from './folder.js';
import { IMAGE_EXTENSIONS } from './image-files.js';
import { KAGGLE_LABELS } from './kaggle.js';
import { findOfficial } from './official-files.js';
import type { FilesSpec } from './spec.js';

/** The files that a data set on disk hangs on, by their names within its folder. */
export interface SourceFiles {
  /** Large or many: told apart by size and time of change. */
  readonly images: readonly string[];
  /** Labels and metadata: small, so that they can be compared byte for byte. */
  readonly labels: readonly string[];
}

/**
 * What a change of would change the data set that `spec` describes, or undefined where its images are gone. Where a
 * folder is divided by name, that is every image in it: one that comes may belong to any split.
 *
 * @param dir where the folder lies now, if not where `spec` says.
 */
export async function sourceFiles(spec: FilesSpec, dir: string): Promise<SourceFiles | undefined> {
  const files = await list(spec, dir).catch(() => undefined);
  return files && files.images.length > 0 ? files : undefined;
}

async function list(spec: FilesSpec, dir: string): Promise<SourceFiles> {
  switch (spec.kind) {
    case 'pcam': {
      const { x, y, mask, meta } = await findOfficial(dir, spec.split);
      const names = (paths: readonly (string | undefined)[]): string[] =>
        paths.flatMap((path) => (path === undefined ? [] : [basename(path)]));
      return { images: names([x, mask]), labels: names([y, meta]) };
    }
    case 'kaggle':
      return { images: await imagesIn(dir, 'train'), labels: [KAGGLE_LABELS] };
    case 'folder': {
      const names = await readdir(dir);
      const root = classFolders(names) ? '' : names.find((name) => isFolderOf(spec.split, name));
      if (root === undefined) return { images: [], labels: [] };
      const classes = (await readdir(join(dir, root))).filter((name) =>
        CLASS_FOLDERS.flat().includes(name.toLowerCase()),
      );
      const images = await Promise.all(classes.map((name) => imagesIn(dir, join(root, name))));
      return { images: images.flat(), labels: [] };
    }
  }
}

const isFolderOf = (split: string, name: string): boolean =>
  splitFolders([name]).includes(split) || name.toLowerCase() === split.toLowerCase();

async function imagesIn(dir: string, folder: string): Promise<string[]> {
  const names = await readdir(join(dir, folder));
  return names
    .filter((name) => IMAGE_EXTENSIONS.test(name) && !name.startsWith('.'))
    .map((name) => `${folder.replaceAll('\\', '/')}/${name}`);
}
