import { statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkChoice, checkKeys } from '@pcam/options';
import { DataError } from './errors.js';
import { fetchFile, type RetryOptions, sizeOf } from './fetch-file.js';
import { gunzipped } from './gunzip.js';
import { makeFolderFor } from './make-folder.js';
import { md5File } from './md5.js';
import { SPLITS, type Split } from './official-files.js';
import { type OfficialRecord, type RecordFile, ZENODO } from './official-record.js';
import type { OnProgress } from './progress.js';

/** What to fetch of the official record, and where to. */
export interface DownloadOptions {
  /** Created where it does not exist. */
  readonly dir: string;
  /** All three by default. */
  readonly splits?: readonly Split[];
  /** Also the meta CSVs (coordinates and slides); true by default. */
  readonly meta?: boolean;
  /** Also decompress the `.h5.gz`, which otherwise happens when a split is first opened. */
  readonly unpack?: boolean;
  /** The official record by default. */
  readonly record?: OfficialRecord;
  readonly retry?: RetryOptions;
  readonly onProgress?: OnProgress;
  /** Stops; what has come is kept and a later download goes on from there. */
  readonly signal?: AbortSignal;
  /** Free bytes on the disk of a folder, for tests; asks the system by default. */
  readonly freeBytes?: (dir: string) => Promise<number>;
}

/** What became of a file. */
export interface Downloaded {
  readonly path: string;
  readonly state: 'downloaded' | 'already there';
}

/**
 * Downloads PatchCamelyon's official files. Interrupted files are resumed, whole ones left
 * alone, every md5 checked, and the disk's free space before the first byte.
 * @throws DataError disk-full, network, checksum, unwritable. The signal's reason.
 */
export async function downloadPcam(options: DownloadOptions): Promise<Downloaded[]> {
  checkOptions(options);
  const {
    splits = SPLITS,
    meta = true,
    unpack = false,
    record = ZENODO,
    retry,
    onProgress,
    signal,
  } = options;
  const dir = resolve(options.dir);
  makeFolderFor(dir, dir);
  const wanted = splits
    .flatMap((s) => record.splits[s].files)
    .filter((f) => meta || !f.name.endsWith('.csv'));
  const there = new Map<RecordFile, string>();
  for (const file of wanted) {
    const path = await alreadyThere(dir, file, options);
    if (path !== undefined) there.set(file, path);
  }
  const free = await (options.freeBytes ?? freeBytes)(dir);
  const needed = await neededBytes(dir, wanted, there, unpack);
  if (needed > free)
    throw new DataError(
      'disk-full',
      `${dir} needs ${gigabytes(needed)} but has ${gigabytes(free)} free; free some, or choose another folder or fewer splits`,
    );
  const results: Downloaded[] = [];
  for (const file of wanted) {
    const found = there.get(file);
    const target = join(dir, file.name);
    if (found === undefined) {
      const url = `${record.base.replace(/\/$/, '')}/${file.name}${record.suffix}`;
      await fetchFile({ url, target, md5: file.md5, bytes: file.bytes, retry, onProgress, signal });
    }
    if (unpack && file.unpacked && found !== join(dir, file.unpacked.name))
      await gunzipped(target, { onProgress });
    results.push({ path: found ?? target, state: found === undefined ? 'downloaded' : 'already there' });
  }
  return results;
}

function checkOptions(options: DownloadOptions): void {
  checkKeys<DownloadOptions>('downloadPcam', options, {
    dir: true,
    splits: true,
    meta: true,
    unpack: true,
    record: true,
    retry: true,
    onProgress: true,
    signal: true,
    freeBytes: true,
  });
  checkKeys<RetryOptions>('downloadPcam: retry', options.retry, {
    attempts: true,
    delay: true,
    maxDelay: true,
    stall: true,
  });
  if (typeof options.dir !== 'string')
    throw new DataError('usage', `downloadPcam: dir must be a folder, got ${options.dir}`);
  for (const split of options.splits ?? []) checkChoice('downloadPcam: splits', split, SPLITS);
  const base = options.record?.base ?? ZENODO.base;
  if (!URL.canParse(base) || !/^https?:/i.test(base))
    throw new DataError(
      'usage',
      `${base} is no address to download from (--url); it must begin with https:// or http://`,
    );
}

/**
 * The path of the file, or of what was in it, if it is there and whole. Another file of
 * that name is not ours to replace.
 */
async function alreadyThere(
  dir: string,
  file: RecordFile,
  options: DownloadOptions,
): Promise<string | undefined> {
  const { onProgress, signal } = options;
  for (const { name, md5 } of file.unpacked ? [file.unpacked, file] : [file]) {
    const path = join(dir, name);
    const size = await sizeOf(path);
    if (size === 0) continue;
    if ((await md5File(path, { total: size, onProgress, signal })) === md5) return path;
    throw new DataError(
      'checksum',
      `${path} is there but is not the official file (its md5 differs); move it away first`,
    );
  }
  return undefined;
}

async function neededBytes(
  dir: string,
  wanted: readonly RecordFile[],
  there: ReadonlyMap<RecordFile, string>,
  unpack: boolean,
): Promise<number> {
  let bytes = 0;
  for (const file of wanted) {
    const found = there.get(file);
    if (found === undefined)
      bytes += Math.max(0, (file.bytes ?? 0) - (await sizeOf(join(dir, `${file.name}.part`))));
    if (unpack && file.unpacked && found !== join(dir, file.unpacked.name)) bytes += file.unpacked.bytes;
  }
  return bytes;
}

async function freeBytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

const gigabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
