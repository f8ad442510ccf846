import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Entity, Dataset as H5Dataset, File as H5File } from 'h5wasm/node';
import { DataError } from './errors.js';
import { guard, traced } from './h5-guard.js';

/** A file as h5wasm has it open. */
export interface OpenedFile {
  readonly h5: H5File;
  readonly path: string;
}

/** Opens a file that stays open as long as the one that needs it. @throws DataError as `guard` does. */
export type OpenFile = (path: string) => OpenedFile;

/**
 * The array of a name in a file, or where its link leads.
 * @throws DataError missing-key, missing-file, saying what stands there instead.
 */
export function findArray(file: OpenedFile, key: string, openFile: OpenFile): H5Dataset {
  const { h5, path } = file;
  const keys = guard(path, () => h5.keys());
  const known = keys.includes(key.replace(/^\//, '').split('/')[0]!);
  const { result: entity, trace } = traced(() => (known ? get(h5, path, key) : null));
  // Kept open, so that HDF5 does not read the headers of a linked file at every read.
  for (const linked of trace.opened) if (existsSync(linked)) openFile(linked);
  const there = entity && (entity as { type?: string }).type;
  switch (there) {
    case 'Dataset':
      return entity as H5Dataset;
    case 'ExternalLink': {
      const { filename, obj_path } = entity as unknown as { filename: string; obj_path: string };
      const found = locate(path, filename);
      throw new DataError(
        found ? 'missing-key' : 'missing-file',
        `${path}: "${key}" is a link to "${obj_path}" of ${filename}, ${found ? 'which has no such array' : `which does not exist; put it beside ${path}`}`,
      );
    }
    case 'BrokenSoftLink':
      throw new DataError(
        'missing-key',
        `${path}: "${key}" is a link to "${(entity as unknown as { target: string }).target}", which the file does not have`,
      );
    case 'Group': {
      const inside = guard(path, () => (entity as unknown as H5File).keys());
      throw new DataError(
        'missing-key',
        `${path}: "${key}" is a group (of ${listed(inside)}), but must be an array`,
      );
    }
    default:
      throw new DataError('missing-key', `${path} has no array "${key}"; it holds ${listed(keys)}`);
  }
}

function get(h5: H5File, path: string, key: string): Entity | null {
  try {
    return guard(path, () => h5.get(key));
  } catch {
    return null;
  }
}

const listed = (keys: readonly string[]): string =>
  keys.length === 0 ? 'nothing' : keys.map((k) => `"${k}"`).join(', ');

/** Where HDF5 looks for a file that another names: beside that one, then in the working folder. */
function locate(path: string, name: string): string | undefined {
  return [resolve(dirname(path), name), resolve(name)].find((candidate) => existsSync(candidate));
}

/**
 * Checks that the sources of a virtual data set are there and hold enough for it, and keeps them open: HDF5 gives
 * what it does not find as zeros, without a word.
 * @throws DataError missing-file, missing-key, corrupt; as `guard` does.
 */
export function openVirtual(
  file: OpenedFile,
  array: H5Dataset,
  sources: readonly { readonly file_name: string; readonly dset_name: string }[],
  openFile: OpenFile,
): void {
  const { path } = file;
  const size = (shape: readonly number[] | null): number => (shape ?? []).reduce((a, b) => a * b, 1);
  const opened = new Map<string, OpenedFile>([['.', file]]);
  let held = 0;
  for (const { file_name, dset_name } of sources) {
    // `%b` counts source files up; the first stands for them, and unread rows for the rest.
    const name = file_name.replace(/%b/g, '0');
    if (!opened.has(name)) {
      const found = locate(path, name);
      if (!found)
        throw new DataError(
          'missing-file',
          `${path} is a virtual data set, and its source ${name} does not exist; put it beside ${path}, or copy the data into one file`,
        );
      opened.set(name, openFile(found));
    }
    const source = findArray(opened.get(name)!, dset_name, openFile);
    held += name === file_name ? size(source.shape) : Number.POSITIVE_INFINITY;
  }
  const wanted = size(array.shape);
  if (held >= wanted) return;
  const share = `${held} of ${wanted} values`;
  throw new DataError(
    'corrupt',
    `${path} is a virtual data set whose sources hold only ${share}; the rest would be read as black. Copy all of the data into one file`,
  );
}
