import { randomUUID } from 'node:crypto';
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { systemCode } from './disk-words.js';
import { lives, type Owner, thisProcess } from './owner.js';
import { writeAllSync } from './write-aside.js';

/** What keeps a second process out of something. */
export interface Lock {
  /** Of whom it was taken over: a process that died. */
  readonly takenFrom?: Owner;
  /** Gives it back; once is enough. */
  release(): void;
}

/** A lock is another's, or this process's own already. */
export class HeldError extends Error {
  override readonly name = 'HeldError';
  /** The lock file. */
  readonly path: string;
  /** Undefined where the file names nobody. */
  readonly owner: Owner | undefined;
  /** Of another host or container nobody here can tell, nor of nobody. */
  readonly alive: true | 'unknown';

  constructor(path: string, owner: Owner | undefined, alive: true | 'unknown') {
    const by = owner === undefined ? 'nobody who can be told' : `process ${owner.pid} on host ${owner.host}`;
    super(`${path} is held by ${by}; if that runs no longer, delete it`);
    this.path = path;
    this.owner = owner;
    this.alive = alive;
  }
}

/** Taken by this process: given back when it ends in whatever way it can notice. */
const held = new Set<Lock>();

/**
 * Takes a lock file, which names its owner. Of processes that try at once, one gets it. A lock whose owner died on
 * this host is taken over.
 *
 * @throws HeldError where it is another's; system errors where it cannot be written.
 */
export function takeLock(path: string): Lock {
  const own = thisProcess(randomUUID());
  // Again where it was given back, or changed hands, while we looked.
  for (;;) {
    if (create(path, own)) return hold(path, own);
    const found = readOwner(path);
    if (found === undefined) continue;
    refuseLiving(path, found);
    if (replace(path, found, own)) return hold(path, own, found as Owner);
  }
}

/** Looks whether {@link takeLock} would be refused, and takes nothing. @throws HeldError */
export function findHolder(path: string): void {
  const owner = readOwner(path);
  if (owner !== undefined) refuseLiving(path, owner);
}

function hold(path: string, own: Owner, takenFrom?: Owner): Lock {
  const lock: Lock = {
    ...(takenFrom && { takenFrom }),
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
function replace(path: string, found: Owner | 'broken', own: Owner): boolean {
  // Only who has this second lock may replace the first, so that a slower one sees that it has changed hands.
  const right = takeLock(`${path}.takeover`);
  try {
    const now = readOwner(path);
    if (now === undefined || id(now) !== id(found)) return false;
    const aside = asideOf(path, own);
    writeFileSync(aside, JSON.stringify(own));
    renameSync(aside, path);
    return true;
  } finally {
    right.release();
  }
}

function id(owner: Owner | 'broken'): string {
  return owner === 'broken' ? owner : owner.id;
}

function asideOf(path: string, own: Owner): string {
  return `${path}.${own.id}.partial`;
}

function refuseLiving(path: string, owner: Owner | 'broken'): void {
  if (owner === 'broken') throw new HeldError(path, undefined, 'unknown');
  const alive = lives(owner);
  if (alive !== false) throw new HeldError(path, owner, alive);
}

/** @returns false where the file is there already. Its content is whole as soon as its name is there. */
function create(path: string, own: Owner): boolean {
  const text = JSON.stringify(own);
  const aside = asideOf(path, own);
  try {
    writeFileSync(aside, text);
    linkSync(aside, path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') return false;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS') throw error;
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
      writeAllSync(file, Buffer.from(text));
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined where the lock has just been given back. */
function readOwner(path: string): Owner | 'broken' | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Owner;
    return typeof owner.pid === 'number' && typeof owner.id === 'string' ? owner : 'broken';
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? undefined : 'broken';
  }
}
