import { open } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { DataError, fileError } from './errors.js';
import { type Fingerprint, fingerprint } from './fingerprint.js';
import { readHeader } from './flat-format.js';
import { sourceFiles } from './layouts.js';
import { officialName } from './official-files.js';
import type { DatasetSpec, FilesSpec } from './spec.js';

/** What a flat cache was prepared from, as its header records it. */
export interface FlatSource {
  readonly spec: FilesSpec;
  /** The source's folder as seen from the cache's, so that both can move together. */
  readonly near: string;
  readonly fingerprint: Fingerprint;
}

/** What a flat cache was prepared from, as it was found when the cache was opened. */
export interface FlatOrigin {
  readonly spec: FilesSpec;
  /** Where its folder is, or was. */
  readonly dir: string;
  /** `gone`: moved or deleted, so that nothing can be compared; `unchecked`: nobody looked. */
  readonly state: 'unchanged' | 'gone' | 'unchecked';
}

/**
 * The source, as it is now, of a cache that is to lie at `path`. A cache of a cache has the first one's source.
 *
 * @throws DataError missing-file, unreadable; for a cache, what reading its header throws.
 */
export async function recordSource(spec: DatasetSpec, path: string): Promise<FlatSource> {
  const near = (dir: string): string => relative(dirname(path), dir);
  if (spec.kind === 'flat') {
    const source = await sourceOfCache(spec.file);
    return { ...source, near: near(resolve(dirname(spec.file), source.near)) };
  }
  const { dir } = spec;
  const files = await sourceFiles(spec, dir);
  if (!files) throw new DataError('missing-file', `${dir} no longer holds the images of split ${spec.split}`);
  return { spec, near: near(dir), fingerprint: await fingerprint(spec, dir, files) };
}

async function sourceOfCache(path: string): Promise<FlatSource> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  try {
    return (await readHeader(file, path)).header.source;
  } finally {
    await file.close();
  }
}

/**
 * Compares the source of the cache at `path` with what it was. One that is gone is no fault: a cache is of use
 * without it, also on another machine. The folder beside the cache goes before the one of the record: a copy of both
 * together speaks of itself.
 *
 * @throws DataError stale, naming what has changed.
 */
export async function checkSource(source: FlatSource, path: string): Promise<FlatOrigin> {
  const { spec, near } = source;
  for (const dir of new Set([resolve(dirname(path), near), spec.dir])) {
    const files = await sourceFiles(spec, dir);
    if (!files || imagesAreGone(source, files.images)) continue;
    const now = await fingerprint(spec, dir, files);
    if (now.sha256 === source.fingerprint.sha256) return { spec, dir, state: 'unchanged' };
    throw new DataError(
      'stale',
      `${path} was prepared from ${dir}, where ${changed(source.fingerprint, now)} changed since; run pcam-data prepare again, or delete it`,
    );
  }
  return { spec, dir: spec.dir, state: 'gone' };
}

/** Official images are large, and deleted for their space; a `.gz` that stays behind is not what was read. */
function imagesAreGone({ spec, fingerprint }: FlatSource, names: readonly string[]): boolean {
  if (spec.kind !== 'pcam') return false;
  const read = Object.keys(fingerprint.states).filter((name) =>
    name.startsWith(officialName(spec.split, 'x')),
  );
  return read.some((name) => !names.includes(name));
}

function changed(before: Fingerprint, now: Fingerprint): string {
  const names = [...new Set([...Object.keys(before.states), ...Object.keys(now.states)])];
  const different = names.filter((name) => before.states[name] !== now.states[name]);
  if (different.length > 0)
    return different.length > 2
      ? `${different.length} files have`
      : `${different.join(' and ')} ${different.length > 1 ? 'have' : 'has'}`;
  return before.files === now.files
    ? 'images have'
    : `${before.files} files have become ${now.files}: they have`;
}
