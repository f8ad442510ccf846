import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AsideFile as Aside, type AsideFile, createHdf5File, writeError } from './write-hdf5.js';

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

export interface WritePcamSplitOptions {
  readonly dir: string;
  readonly split: string;
  /** How many patches the chunks hold together. */
  readonly n: number;
  /** Height and width of a patch in pixels, 96 by default. */
  readonly size?: number;
  readonly masks?: boolean;
  readonly meta?: boolean;
  readonly chunks: Iterable<PatchChunk> | AsyncIterable<PatchChunk>;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The official name of a split's file, e.g. `camelyonpatch_level_2_split_train_x.h5`. */
export function pcamFileName(split: string, part: 'x.h5' | 'y.h5' | 'mask.h5' | 'meta.csv'): string {
  return `camelyonpatch_level_2_split_${split}_${part}`;
}

/**
 * Writes patches as the official PCam files of one split: `x` [n, size, size, 3], `y`
 * [n, 1, 1, 1], optionally `mask` [n, size, size, 1] and the meta CSV. Memory holds one
 * chunk. All files are written aside and take their names together at the end, so an
 * interrupted or failing run leaves nothing under a final name.
 *
 * @returns the paths written.
 * @throws Error in one line where the directory cannot be written, the disk is too
 *   small (checked before the first byte), or the chunks are not of the announced shape.
 */
export async function writePcamSplit(options: WritePcamSplitOptions): Promise<string[]> {
  const { dir, split, n, size = 96, masks = false, meta = false } = options;
  if (!Number.isInteger(n) || n < 1)
    throw new Error(`split ${split}: n must be a whole number of at least 1, not ${n}`);
  await makeDirectory(dir);
  await checkSpace(dir, n * (size * size * (masks ? 4 : 3) + 1 + (meta ? 64 : 0)));
  const path = (part: Parameters<typeof pcamFileName>[1]): string => join(dir, pcamFileName(split, part));
  const files: AsideFile[] = [];
  const add = async (file: Promise<AsideFile>): Promise<AsideFile> => {
    files.push(await file);
    return file;
  };
  try {
    const x = await add(createHdf5File(path('x.h5'), 'x', [n, size, size, 3]));
    const y = await add(createHdf5File(path('y.h5'), 'y', [n, 1, 1, 1]));
    const mask = masks ? await add(createHdf5File(path('mask.h5'), 'mask', [n, size, size, 1])) : undefined;
    const csv = meta ? await add(Aside.create(path('meta.csv'))) : undefined;
    await csv?.write(new TextEncoder().encode(',coord_y,coord_x,tumor_patch,center_tumor_patch,wsi\n'));
    let done = 0;
    for await (const chunk of options.chunks) {
      checkChunk(chunk, { split, size, masks, meta, done, n });
      await x.write(chunk.images);
      await y.write(chunk.labels);
      if (chunk.masks) await mask?.write(chunk.masks);
      if (chunk.meta)
        await csv?.write(new TextEncoder().encode(chunk.meta.map((m, i) => row(done + i, m)).join('')));
      done += chunk.labels.length;
      options.onProgress?.(done, n);
    }
    if (done !== n) throw new Error(`split ${split}: ${done} patches came where ${n} were announced`);
    for (const file of files) await file.finish();
    await publish(dir, files, [path('mask.h5'), path('meta.csv')]);
  } catch (error) {
    for (const file of files) await file.discard();
    throw error;
  }
  return files.map((file) => file.path);
}

// Old files go before new ones take their names: a crash in between leaves a split
// that is missing a file, which readers refuse, never a mixture of two data sets.
async function publish(dir: string, files: readonly AsideFile[], optional: readonly string[]): Promise<void> {
  try {
    for (const path of [...files.map((file) => file.path), ...optional]) await rm(path, { force: true });
    for (const file of [...files].reverse()) await file.publish();
    const directory = await open(dir, 'r');
    // Some file systems cannot sync a directory; the names are then as safe as they get.
    await directory.sync().catch(() => undefined);
    await directory.close();
  } catch (error) {
    throw writeError(dir, error);
  }
}

function row(index: number, meta: PatchMeta): string {
  const bool = (value: boolean): string => (value ? 'True' : 'False');
  return `${index},${meta.y},${meta.x},${bool(meta.tumorPatch)},${bool(meta.centerTumorPatch)},${meta.slide}\n`;
}

interface Expected {
  readonly split: string;
  readonly size: number;
  readonly masks: boolean;
  readonly meta: boolean;
  readonly done: number;
  readonly n: number;
}

function checkChunk(chunk: PatchChunk, { split, size, masks, meta, done, n }: Expected): void {
  const count = chunk.labels.length;
  const check = (what: string, length: number, expected: number): void => {
    if (length !== expected) {
      throw new Error(
        `split ${split}, chunk at patch ${done}: ${what} has length ${length}, ${expected} expected`,
      );
    }
  };
  if (done + count > n) throw new Error(`split ${split}: more than the ${n} patches announced came`);
  check('images', chunk.images.length, count * size * size * 3);
  check('masks', chunk.masks?.length ?? 0, masks ? count * size * size : 0);
  check('meta', chunk.meta?.length ?? 0, meta ? count : 0);
}

async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (error) {
    throw writeError(dir, error);
  }
}

async function checkSpace(dir: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free < needed) {
    const mb = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
    throw new Error(
      `cannot write ${dir}: ${mb(needed)} are needed and ${mb(free)} free; free some space or choose another directory`,
    );
  }
}
