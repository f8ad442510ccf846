import { randomUUID } from 'node:crypto';
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { explain, PARTIAL, RunFolderError, writeAll } from './files.js';
import { lives, type Owner, thisProcess } from './owner.js';

/** What keeps a second process out of a run folder. */
export interface Lock {
  /** For people, where the lock of a process that died was taken over. */
  readonly note?: string;
  /** Gives it back; once is enough. */
  release(): void;
}

/** Taken by this process: given back when it ends in whatever way it can notice. */
const held = new Set<Lock>();

/**
 * Takes a lock file, which names its owner. Of processes that try at once, one gets it. A lock whose owner died on
 * this host is taken over.
 *
 * @param folder what the lock is of, for people.
 * @throws RunFolderError where it is another's: who has it, and what to do.
 */
export function takeLock(path: string, folder: string): Lock {
  const own = thisProcess(randomUUID());
  // Again where it was given back, or changed hands, while we looked.
  for (;;) {
    if (create(path, own)) return hold(path, own);
    const found = readOwner(path);
    if (found === undefined) continue;
    refuseLiving(path, folder, found);
    if (!replace(path, folder, found, own)) continue;
    const { pid, since } = found as Owner;
    return hold(
      path,
      own,
      `${folder} was left by process ${pid} of ${since}, which is dead; going on in its place`,
    );
  }
}

/** As {@link takeLock}, taking nothing. */
export function refuseHeld(path: string, folder: string): void {
  const owner = readOwner(path);
  if (owner !== undefined) refuseLiving(path, folder, owner);
}

function hold(path: string, own: Owner, note?: string): Lock {
  const lock: Lock = {
    ...(note !== undefined && { note }),
    release() {
      const owner = held.delete(lock) ? readOwner(path) : undefined;
      if (owner !== undefined && id(owner) === own.id) rmSync(path, { force: true });
      if (held.size === 0) process.off('exit', releaseAll);
    },
  };
  if (held.size === 0) process.on('exit', releaseAll);
  held.add(lock);
  return lock;
}

function releaseAll(): void {
  for (const lock of held) lock.release();
}

/** Puts `own` in the place of the dead owner that was found; false where it is no longer there. */
function replace(path: string, folder: string, found: Owner | 'broken', own: Owner): boolean {
  // Only who has this second lock may replace the first, so that a slower one sees that it has changed hands.
  const right = takeLock(`${path}.takeover`, folder);
  try {
    const now = readOwner(path);
    if (now === undefined || id(now) !== id(found)) return false;
    const aside = `${path}.${own.id}${PARTIAL}`;
    writeFileSync(aside, JSON.stringify(own));
    renameSync(aside, path);
    return true;
  } catch (error) {
    throw explain(error, path);
  } finally {
    right.release();
  }
}

function id(owner: Owner | 'broken'): string {
  return owner === 'broken' ? owner : owner.id;
}

function refuseLiving(path: string, folder: string, owner: Owner | 'broken'): void {
  const remove = `delete ${path}`;
  if (owner === 'broken') {
    throw new RunFolderError(`${path} names no owner; if no training runs in ${folder}, ${remove}`);
  }
  const { pid, host, since } = owner;
  const alive = lives(owner);
  if (alive === false) return;
  if (alive === true) {
    const who = pid === process.pid ? 'this process' : `process ${pid}`;
    const instead =
      pid === process.pid ? 'close it there first' : 'wait for it or stop it, or choose another folder';
    throw new RunFolderError(`${folder} is in use by ${who} since ${since}; ${instead}`);
  }
  throw new RunFolderError(
    `${folder} is in use by process ${pid} on host ${host} since ${since}; if it runs there no longer, ${remove}`,
  );
}

/** @returns false where the file is there already. Its content is whole as soon as its name is there. */
function create(path: string, own: Owner): boolean {
  const text = JSON.stringify(own);
  const aside = `${path}.${own.id}${PARTIAL}`;
  try {
    writeFileSync(aside, text);
    linkSync(aside, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS') throw explain(error, path);
    return createWithoutLinks(path, text);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** For file systems that know no hard links. */
function createWithoutLinks(path: string, text: string): boolean {
  try {
    const file = openSync(path, 'wx');
    try {
      writeAll(file, Buffer.from(text));
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw explain(error, path);
  }
}

/** Undefined where the lock has just been given back. */
function readOwner(path: string): Owner | 'broken' | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Owner;
    return typeof owner.pid === 'number' && typeof owner.id === 'string' ? owner : 'broken';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'broken';
  }
}
