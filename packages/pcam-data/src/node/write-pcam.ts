import { type FileHandle, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeAll } from '@pcam/files';
import { checkKeys } from '@pcam/options';
import { DataError, fileError } from './errors.js';
import { makeFolderFor } from './make-folder.js';
import { officialName } from './official-files.js';
import { writeAside } from './write-aside.js';
import { hdf5Header } from './write-hdf5.js';

/** Some patches of a split, in order. */
export interface PatchChunk {
  /** RGB, `[n, size, size, 3]`. */
  readonly images: Uint8Array;
  /** 0 or 1, `[n]`. */
  readonly labels: Uint8Array;
  /** 0 or 1, `[n, size, size]`; for all chunks of a split or for none. */
  readonly masks?: Uint8Array;
  /** `[n]` rows of the meta CSV; for all chunks of a split or for none. */
  readonly meta?: readonly PatchMeta[];
}

/** A row of the official meta CSV. */
export interface PatchMeta {
  /** Of the patch's upper left corner in the slide, in pixels at full resolution. */
  readonly y: number;
  readonly x: number;
  /** Tumour anywhere in the patch. */
  readonly tumorPatch: boolean;
  /** Tumour in the centre 32×32: the label. */
  readonly centerTumorPatch: boolean;
  readonly slide: string;
}

/** The split to write, and the patches that it is made of. */
export interface WritePcamSplitOptions {
  /** Created where it does not exist. */
  readonly dir: string;
  /** As the files' names tell it, e.g. `train`. */
  readonly split: string;
  /** How many patches the chunks hold together. */
  readonly n: number;
  /** Height and width of a patch in pixels, 96 by default. */
  readonly size?: number;
  /** Whether the chunks have masks, which are then written; false by default. */
  readonly masks?: boolean;
  /** Whether the chunks have metadata, which is then written; false by default. */
  readonly meta?: boolean;
  /** Whether `.h5` files and the meta CSV of this split that are there are replaced; false by default. */
  readonly overwrite?: boolean;
  readonly chunks: Iterable<PatchChunk> | AsyncIterable<PatchChunk>;
  /** Called after each chunk, with patches. */
  readonly onProgress?: (done: number, total: number) => void;
}

type Part = 'x' | 'y' | 'mask' | 'meta';
const PARTS: readonly Part[] = ['x', 'y', 'mask', 'meta'];

/**
 * Writes patches as the official PCam files of one split: `x` [n, size, size, 3], `y`
 * [n, 1, 1, 1], optionally `mask` [n, size, size, 1] and the meta CSV. Memory holds one
 * chunk. All files are written aside and take their names together at the end, so an
 * interrupted or failing run leaves nothing under a final name. Files of the same split
 * that are there are refused, or replaced where `overwrite` is true; packed ones (`.gz`) are never touched.
 *
 * @returns the paths written.
 * @throws DataError unwritable, disk-full (checked before the first byte), wrong-shape,
 *   length-mismatch; whatever the chunks throw.
 */
export async function writePcamSplit(options: WritePcamSplitOptions): Promise<string[]> {
  checkKeys<WritePcamSplitOptions>('writePcamSplit', options, {
    dir: true,
    split: true,
    n: true,
    size: true,
    masks: true,
    meta: true,
    overwrite: true,
    chunks: true,
    onProgress: true,
  });
  const { split, n, size = 96, masks = false, meta = false } = options;
  const dir = resolve(options.dir);
  if (!Number.isSafeInteger(n) || n < 1)
    throw new DataError('usage', `split ${split}: n must be a whole number of at least 1, not ${n}`);
  await refuseExisting(dir, split, options.overwrite === true);
  await makeRoom(dir, n * (size * size * (masks ? 4 : 3) + 1 + (meta ? 64 : 0)));
  const parts: Part[] = ['x', 'y', ...(masks ? ['mask' as const] : []), ...(meta ? ['meta' as const] : [])];
  const path = (part: Part): string => join(dir, officialName(split, part));
  const files: Partial<Record<Part, FileHandle>> = {};
  // One inside the other, so that every file is whole before the first takes its name.
  const within = async (left: readonly Part[]): Promise<void> => {
    const part = left[0];
    if (part !== undefined)
      return writeAside(path(part), (file) => {
        files[part] = file;
        return within(left.slice(1));
      });
    await fill(options, files);
    for (const file of Object.values(files)) await file.sync();
    // A crash between renames must leave a split without its images, which readers
    // refuse, never a mixture of two data sets: the old files go first, x comes last.
    for (const old of PARTS) await rm(path(old), { force: true });
  };
  await within(parts);
  return parts.map(path);
}

async function fill(options: WritePcamSplitOptions, files: Partial<Record<Part, FileHandle>>): Promise<void> {
  const { split, n, size = 96, onProgress } = options;
  const text = new TextEncoder();
  const write = async (part: Part, bytes: Uint8Array): Promise<void> => {
    const file = files[part];
    if (file)
      await writeAll(file, bytes).catch((error: unknown) => {
        throw fileError(error, join(resolve(options.dir), officialName(split, part)), 'write');
      });
  };
  await write('x', hdf5Header('x', [n, size, size, 3]));
  await write('y', hdf5Header('y', [n, 1, 1, 1]));
  await write('mask', hdf5Header('mask', [n, size, size, 1]));
  await write('meta', text.encode(',coord_y,coord_x,tumor_patch,center_tumor_patch,wsi\n'));
  let done = 0;
  for await (const chunk of options.chunks) {
    checkChunk(chunk, options, done);
    await write('x', chunk.images);
    await write('y', chunk.labels);
    if (chunk.masks) await write('mask', chunk.masks);
    if (chunk.meta) await write('meta', text.encode(chunk.meta.map((m, i) => row(done + i, m)).join('')));
    done += chunk.labels.length;
    onProgress?.(done, n);
  }
  if (done !== n)
    throw new DataError('length-mismatch', `split ${split}: ${done} patches came where ${n} were announced`);
}

function row(index: number, meta: PatchMeta): string {
  const bool = (value: boolean): string => (value ? 'True' : 'False');
  return `${index},${meta.y},${meta.x},${bool(meta.tumorPatch)},${bool(meta.centerTumorPatch)},${meta.slide}\n`;
}

function checkChunk(chunk: PatchChunk, options: WritePcamSplitOptions, done: number): void {
  const { split, n, size = 96, masks = false, meta = false } = options;
  const count = chunk.labels.length;
  const check = (what: string, length: number, expected: number): void => {
    if (length === expected) return;
    const where = `split ${split}, chunk from patch ${done}`;
    throw new DataError('wrong-shape', `${where}: ${what} has length ${length}, but ${expected} is expected`);
  };
  if (done + count > n)
    throw new DataError('length-mismatch', `split ${split}: more than the announced ${n} patches came`);
  check('images', chunk.images.length, count * size * size * 3);
  check('masks', chunk.masks?.length ?? 0, masks ? count * size * size : 0);
  check('meta', chunk.meta?.length ?? 0, meta ? count : 0);
}

/** A packed part beside a new one would be read with it, and is the costliest to lose: it must go by hand. */
async function refuseExisting(dir: string, split: string, overwrite: boolean): Promise<void> {
  for (const part of PARTS) {
    for (const packed of [false, true]) {
      const path = join(dir, `${officialName(split, part)}${packed ? '.gz' : ''}`);
      const found = await stat(path).catch(() => undefined);
      if (found?.isDirectory()) throw new DataError('unwritable', `cannot write ${path}: it is a folder`);
      if (found && (packed || !overwrite))
        throw new DataError(
          'unwritable',
          `${path} is there already; choose another folder, or ${packed ? 'move it away' : 'pass overwrite: true'}`,
        );
    }
  }
}

async function makeRoom(dir: string, needed: number): Promise<void> {
  makeFolderFor(dir, dir);
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free >= needed) return;
  const mb = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  throw new DataError(
    'disk-full',
    `${dir} needs ${mb(needed)} and has ${mb(free)} free; free some or choose another folder`,
  );
}
