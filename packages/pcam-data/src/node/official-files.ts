import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataError, fileError } from './errors.js';

/** The official splits, in the order in which they are told. */
export const SPLITS = ['train', 'valid', 'test'] as const;

/** A split of the official record. */
export type Split = (typeof SPLITS)[number];

const TORCHVISION = 'pcam';

/** The official name of a part of a split, e.g. `camelyonpatch_level_2_split_train_x.h5`. */
export function officialName(split: string, part: 'x' | 'y' | 'mask' | 'meta'): string {
  return `camelyonpatch_level_2_split_${split}_${part}.${part === 'meta' ? 'csv' : 'h5'}`;
}

/** Paths of a split's files as they lie in a folder; `.h5` is preferred to `.h5.gz`. */
export interface OfficialFiles {
  readonly folder: string;
  readonly x: string;
  readonly y: string;
  readonly mask?: string;
  readonly meta?: string;
}

/** The names in a folder. @throws DataError missing-file, unreadable. */
export async function listFolder(dir: string): Promise<readonly string[]> {
  const path = resolve(dir);
  try {
    if (!(await stat(path)).isDirectory())
      throw new DataError('missing-file', `${path} is a file, not a folder`);
    return await readdir(path);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}

/** The splits of which at least the images lie in a folder of these names. */
export function splitsAmong(names: readonly string[]): Split[] {
  return SPLITS.filter((s) => names.some((n) => n.replace(/\.gz$/, '') === officialName(s, 'x')));
}

/**
 * The folder in which official files lie: the one given, or `pcam/` inside it, where torchvision puts them.
 * @throws DataError missing-file, unreadable.
 */
export async function officialFolder(
  dir: string,
): Promise<{ readonly folder: string; readonly names: readonly string[] }> {
  const folder = resolve(dir);
  const names = await listFolder(folder);
  if (splitsAmong(names).length > 0 || !names.includes(TORCHVISION)) return { folder, names };
  const inner = join(folder, TORCHVISION);
  const innerNames = (await stat(inner)).isDirectory() ? await listFolder(inner) : [];
  return splitsAmong(innerNames).length > 0 ? { folder: inner, names: innerNames } : { folder, names };
}

/**
 * Finds the official files of a split.
 * @throws DataError missing-split naming the splits that are there; missing-file.
 */
export async function findOfficial(dir: string, split: string): Promise<OfficialFiles> {
  const { folder, names } = await officialFolder(dir);
  const find = (part: 'x' | 'y' | 'mask' | 'meta'): string | undefined => {
    const name = officialName(split, part);
    const found = [name, `${name}.gz`].find((n) => names.includes(n));
    return found && join(folder, found);
  };
  const x = find('x');
  const y = find('y');
  if (!x && !y) {
    const there = splitsAmong(names);
    throw new DataError(
      'missing-split',
      `${folder} has no split "${split}" (${officialName(split, 'x')}[.gz]); ${
        there.length > 0 ? `it has ${there.join(', ')}` : 'it has no PCam files at all'
      }`,
    );
  }
  if (!x || !y)
    throw new DataError(
      'missing-file',
      `${folder} has no ${officialName(split, x ? 'y' : 'x')}[.gz], which belongs to ${officialName(split, x ? 'x' : 'y')}`,
    );
  return { folder, x, y, mask: find('mask'), meta: find('meta') };
}

/** The files themselves. */
export const officialPaths = ({ x, y, mask, meta }: OfficialFiles): string[] =>
  [x, y, mask, meta].filter((path) => path !== undefined);
