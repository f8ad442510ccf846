import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeldError, type Lock, takeLock, writeAll } from '@pcam/files';
import { checkAnswer, checkStart, failedConnection, refusedAnswer, Transient } from './answers.js';
import { DataError, fileError } from './errors.js';
import { md5File } from './md5.js';
import type { OnProgress } from './progress.js';

/** How patiently a download goes on after failures. */
export interface RetryOptions {
  /** Failures in a row, without a byte between them, that end it; 8 by default. */
  readonly attempts?: number;
  /** The first pause, in ms; doubles up to `maxDelay`. 1,000 by default. */
  readonly delay?: number;
  /** In ms; 60,000 by default. A server's Retry-After may ask for up to ten times that. */
  readonly maxDelay?: number;
  /** Silence on an open connection that counts as a failure, in ms; 60,000 by default. */
  readonly stall?: number;
}

export interface FetchFileOptions {
  readonly url: string;
  readonly target: string;
  readonly md5: string;
  readonly bytes?: number;
  readonly retry?: RetryOptions;
  readonly onProgress?: OnProgress;
  /** Stops the download; what has come stays in the `.part` file. */
  readonly signal?: AbortSignal;
}

/**
 * Downloads one file into `target.part`, going on where an earlier attempt stopped, checks
 * its md5 and renames it. Of two processes that want the same file, the second is refused.
 * @throws DataError network, checksum, disk-full, unwritable. The signal's reason.
 */
export async function fetchFile(options: FetchFileOptions): Promise<void> {
  const lock = lockTarget(options.target);
  try {
    await fetchLocked(options);
  } finally {
    lock.release();
  }
}

function lockTarget(target: string): Lock {
  const path = `${target}.lock`;
  try {
    return takeLock(path);
  } catch (error) {
    if (!(error instanceof HeldError)) throw fileError(error, path, 'write');
    const who = error.owner && ` (${error.owner.pid} on ${error.owner.host})`;
    throw new DataError(
      'unwritable',
      `${target} is being downloaded by another process${who ?? ''}; wait for it, or delete ${error.path} if it is no more`,
    );
  }
}

async function fetchLocked(options: FetchFileOptions): Promise<void> {
  const { target, bytes, onProgress, signal } = options;
  const part = `${target}.part`;
  // Wrong bytes may come from an old .part that does not fit: then once more from the start.
  for (let fresh = (await sizeOf(part)) === 0; ; fresh = true) {
    await fetchAll(options, part);
    const md5 = await md5File(part, { total: bytes, onProgress, signal });
    if (md5 === options.md5) break;
    await rm(part, { force: true });
    if (fresh)
      throw new DataError(
        'checksum',
        `${options.url} gave wrong bytes: md5 ${md5} instead of ${options.md5}; they were removed; try again, and if the same md5 comes, name another server with --url`,
      );
  }
  try {
    await rename(part, target);
  } catch (error) {
    throw fileError(error, target, 'write');
  }
}

async function fetchAll(options: FetchFileOptions, part: string): Promise<void> {
  const { attempts = 8, delay = 1000, maxDelay = 60_000 } = options.retry ?? {};
  const task = `download ${basename(options.target)}`;
  const file = await open(part, 'a').catch((error: unknown) => {
    throw fileError(error, part, 'write');
  });
  try {
    for (let failures = 0; ; ) {
      const before = (await file.stat()).size;
      try {
        if (await fetchOnce(options, file, before, task)) break;
        failures = 0;
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!(error instanceof Transient)) throw fileError(error, part, 'write');
        const now = (await file.stat()).size;
        failures = now > before ? 1 : failures + 1;
        if (failures >= attempts)
          throw new DataError(
            'network',
            `${options.url}: ${error.message}, ${failures} times in a row; try again later`,
            {
              cause: error,
            },
          );
        const pause = Math.min(
          error.after ?? delay * 2 ** (failures - 1),
          error.after === undefined ? maxDelay : maxDelay * 10,
        );
        const note = `${error.message}; going on in ${Math.ceil(pause / 1000)} s`;
        options.onProgress?.({ task, done: now, total: options.bytes, unit: 'bytes', note });
        await sleep(pause, undefined, { signal: options.signal });
      }
    }
    await file.sync();
  } finally {
    const { size } = await file.stat();
    await file.close();
    if (size === 0) await rm(part, { force: true });
  }
}

/** One request. @returns whether the file is complete; false asks for another from its new end. */
async function fetchOnce(
  options: FetchFileOptions,
  file: FileHandle,
  offset: number,
  task: string,
): Promise<boolean> {
  if (options.bytes !== undefined && offset === options.bytes) return true;
  if (options.bytes !== undefined && offset > options.bytes) {
    await file.truncate(0);
    return false;
  }
  const { url, retry } = options;
  const stall = new AbortController();
  const signal = options.signal ? AbortSignal.any([stall.signal, options.signal]) : stall.signal;
  const stop = (): void => stall.abort();
  let timer = setTimeout(stop, retry?.stall ?? 60_000);
  try {
    // Not gzip on the way: these are the bytes of a .gz already.
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (offset > 0) headers.range = `bytes=${offset}-`;
    const response = await fetch(url, { headers, signal }).catch((error: unknown) => {
      throw failedConnection(error, url);
    });
    if (response.status === 416 && offset > 0) {
      if (/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] === String(offset)) return true;
      await file.truncate(0);
      return false;
    }
    if (response.status !== 200 && response.status !== 206) throw refusedAnswer(response, url);
    const wanted = { url, name: basename(options.target), bytes: options.bytes };
    checkAnswer(wanted, response);
    let restarts = false;
    const start = response.status === 206 ? rangeStart(response) : 0;
    if (start !== offset) {
      if (start !== 0) throw new Transient(`the server sent bytes from ${start} instead of ${offset}`);
      restarts = true;
    }
    let done = start;
    const length = response.headers.get('content-length');
    const total = options.bytes ?? (length === null ? undefined : start + Number(length));
    const reader = response.body!.getReader();
    for (;;) {
      const { done: ended, value } = await reader.read().catch((error: unknown) => {
        throw failedConnection(error, url);
      });
      if (ended) break;
      clearTimeout(timer);
      timer = setTimeout(stop, retry?.stall ?? 60_000);
      if (done === 0) checkStart(wanted, response, value);
      // What an earlier run left goes only once these are known to be the file's bytes.
      if (restarts) await file.truncate(0);
      restarts = false;
      if (options.bytes !== undefined && done + value.length > options.bytes) {
        await file.truncate(0);
        throw new DataError(
          'network',
          `${url}: more than the file's ${options.bytes} bytes came: it is another file; nothing of it was kept`,
        );
      }
      await writeAll(file, value);
      done += value.length;
      options.onProgress?.({ task, done, total, unit: 'bytes' });
    }
    if (total !== undefined && done < total)
      throw new Transient(`the connection ended at byte ${done} of ${total}`);
    return true;
  } finally {
    clearTimeout(timer);
    stop(); // ends an answer that was not read to its end; nothing else is waiting for it
  }
}

function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? 0);
}

/** The size of a file, 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (s) => s.size,
    () => 0,
  );
}
