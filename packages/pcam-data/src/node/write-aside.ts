import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError } from './errors.js';

const pending = new Set<string>();
let watching = false;

/** Also a process that exits midway (Ctrl-C in an app) leaves no temporary file behind. */
function removeOnExit(path: string): void {
  pending.add(path);
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const file of pending) rmSync(file, { force: true });
  });
}

/**
 * Writes a file under a temporary name beside `path`, syncs it and renames it, so that
 * `path` is either whole or not there. The temporary file is removed on any error; one that a killed process left
 * behind, at the next writing of the same file.
 * @throws DataError unwritable, disk-full; whatever `fill` throws.
 */
export async function writeAside(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const aside = join(
    dirname(path),
    `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`,
  );
  let file: FileHandle | undefined;
  try {
    await mkdir(dirname(path), { recursive: true });
    await removeAbandoned(path);
    file = await open(aside, 'wx');
    removeOnExit(aside);
    await fill(file);
    await file.sync();
    await file.close();
    file = undefined;
    await rename(aside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file?.close().catch(() => {});
    await rm(aside, { force: true }).catch(() => {});
    throw fileError(error, path, 'write');
  } finally {
    pending.delete(aside);
  }
}

/** Nobody has written to it for so long that nobody is at it any more, be it another machine's process. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** A process that was killed could not remove its temporary file, which may be large. */
async function removeAbandoned(path: string): Promise<void> {
  const own = basename(path);
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`.${own}.`) || !/^\.\d+\.[0-9a-f]{8}\.tmp$/.test(name.slice(own.length + 1)))
      continue;
    const file = join(dirname(path), name);
    const { mtimeMs = Date.now() } = (await stat(file).catch(() => undefined)) ?? {};
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(file, { force: true }).catch(() => {});
  }
}

/** Makes a rename last through a power cut, where the platform can sync folders. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

/** Writes all of `bytes`; a short write is continued. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position?: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === undefined ? null : position + done;
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at);
    done += bytesWritten;
  }
}
