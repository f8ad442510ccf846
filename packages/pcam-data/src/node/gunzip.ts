import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { systemCode, writeAll } from '@pcam/files';
import { DataError, fileError } from './errors.js';
import { fileKind, kindAdvice, readHead } from './file-kind.js';
import { makeFolderFor } from './make-folder.js';
import type { OnProgress } from './progress.js';
import { writeAside } from './write-aside.js';

export interface GunzipOptions {
  /** Where copies go whose own folder cannot be written; `$XDG_CACHE_HOME/pcam` or `~/.cache/pcam` by default. */
  readonly cacheDir?: string;
  readonly onProgress?: OnProgress;
}

/** The folder for decompressed copies of files whose own folder cannot be written. */
function defaultCacheDir(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'pcam');
}

/**
 * The decompressed copy of `gz`, made once: beside it, or in the cache folder where its
 * own folder cannot be written (keyed by path, size and time of change).
 * @throws DataError missing-file, not-gzip, truncated, corrupt, disk-full, unwritable.
 */
export async function gunzipped(gz: string, options: GunzipOptions = {}): Promise<string> {
  const path = resolve(gz);
  const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  await checkKind(path, size);
  const name = basename(path).replace(/\.gz$/, '');
  const beside = join(dirname(path), name);
  const writable = await isWritable(dirname(path));
  if (writable) {
    await gunzipTo(path, beside, size, options.onProgress);
    return beside;
  }
  const key = createHash('sha256').update(`${path}\n${size}\n${mtimeMs}`).digest('hex').slice(0, 16);
  const cached = join(options.cacheDir ?? defaultCacheDir(), key, name);
  const there = await stat(cached).then(
    (s) => s.isFile(),
    () => false,
  );
  if (there) return cached;
  const note = `cannot write to ${dirname(path)}; decompressing into ${cached}`;
  options.onProgress?.({ task: `decompress ${basename(path)}`, done: 0, total: size, unit: 'bytes', note });
  await gunzipTo(path, cached, size, options.onProgress);
  return cached;
}

/** A folder marked read-only is left alone by root too, whom nothing else would stop. */
async function isWritable(dir: string): Promise<boolean> {
  try {
    await access(dir, constants.W_OK);
    return ((await stat(dir)).mode & 0o222) !== 0;
  } catch {
    return false;
  }
}

async function gunzipTo(gz: string, target: string, size: number, onProgress?: OnProgress): Promise<void> {
  makeFolderFor(target, dirname(target));
  await checkSpace(gz, target, size);
  let done = 0;
  const task = `decompress ${basename(gz)}`;
  await writeAside(target, async (file) => {
    const input = createReadStream(gz, { highWaterMark: 1 << 20 });
    const gunzip = createGunzip({ chunkSize: 1 << 20 });
    input.on('data', (chunk) => {
      done += chunk.length;
      onProgress?.({ task, done, total: size, unit: 'bytes' });
    });
    input.on('error', (error) => gunzip.destroy(error));
    // Not `pipeline`, which takes it for an abort that gunzip ends before zeros that fill up the last block.
    input.pipe(gunzip);
    try {
      for await (const chunk of gunzip) await writeAll(file, chunk);
    } catch (error) {
      throw gzipError(error, gz);
    } finally {
      input.destroy();
    }
    await checkPadding(gz, gunzip.bytesWritten);
    onProgress?.({ task, done: size, total: size, unit: 'bytes' });
  });
}

/** Zeros may follow gzip's last member, as `gzip -t` has it; anything else there is lost data. */
async function checkPadding(gz: string, from: number): Promise<void> {
  let at = from;
  for await (const chunk of createReadStream(gz, { start: from }) as AsyncIterable<Buffer>) {
    const stray = chunk.findIndex((byte) => byte !== 0);
    if (stray >= 0)
      throw new DataError(
        'corrupt',
        `${gz} is corrupt (after its gzip stream, at byte ${at + stray}, stand others than zeros); download or copy it again`,
      );
    at += chunk.length;
  }
}

/** @throws DataError not-gzip, where the first bytes are those of something else. */
async function checkKind(gz: string, size: number): Promise<void> {
  if (size === 0) throw new DataError('truncated', `${gz} is empty; download or copy it again`);
  const kind = fileKind(await readHead(gz));
  if (kind === undefined || kind === 'gzip data') return;
  const advice = kind === 'an HDF5 file' ? `name it ${basename(gz, '.gz')}` : kindAdvice(kind);
  throw new DataError('not-gzip', `${gz} is ${kind}, not gzip data; ${advice}`);
}

/** Raw pixels never take less room than their gzip; the rest is found out while writing. */
async function checkSpace(gz: string, target: string, size: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(target));
  if (bavail * bsize >= size) return;
  throw new DataError(
    'disk-full',
    `not enough space to decompress ${gz} into ${dirname(target)}: ${bavail * bsize} bytes are free, more than ${size} are needed`,
  );
}

/** Makes one line of what zlib says of a `.gz`; other errors pass unchanged. */
export function gzipError(error: unknown, gz: string): unknown {
  const again = 'download or copy it again';
  switch (systemCode(error)) {
    case 'Z_BUF_ERROR':
      return new DataError('truncated', `${gz} is truncated (its gzip stream ends early); ${again}`, {
        cause: error,
      });
    case 'Z_DATA_ERROR':
      return new DataError(
        'corrupt',
        `${gz} is corrupt or no gzip data (${(error as Error).message}); ${again}`,
        {
          cause: error,
        },
      );
    default:
      return error;
  }
}
