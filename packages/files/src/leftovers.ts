import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A name beside `path` that no other writer has. */
export function asideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
}

/** Nobody has written to it for so long that nobody is at it any more, be it another machine's process. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** A killed process could not remove what it wrote aside for `path`, which may be large. Other files are not touched. */
export function removeAbandoned(path: string): void {
  const [folder, own] = [dirname(path), basename(path)];
  for (const name of namesIn(folder)) {
    if (!name.startsWith(`.${own}.`) || !/^\.\d+\.[0-9a-f]{8}\.tmp$/.test(name.slice(own.length + 1)))
      continue;
    const file = join(folder, name);
    const { mtimeMs = Date.now() } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > ABANDONED_MS) removeQuietly(file);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // writing says what is wrong with it
  }
}

/** After a failure, which is what counts: that removing fails too is not said. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Left to the next writer.
  }
}

const pending = new Set<string>();

function removePending(): void {
  for (const path of pending) removeQuietly(path);
}

/**
 * A file or folder that a process leaves half-done goes when the process exits.
 *
 * @returns what forgets it again, once it is done or gone.
 */
export function removeAtExit(path: string): () => void {
  if (pending.size === 0) process.on('exit', removePending);
  pending.add(path);
  return () => {
    pending.delete(path);
    if (pending.size === 0) process.off('exit', removePending);
  };
}
