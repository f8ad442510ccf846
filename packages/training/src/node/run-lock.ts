import { join } from 'node:path';
import { findHolder, HeldError, type Lock, takeLock } from '@pcam/files';
import { RunFolderError, writeError } from './errors.js';

/** The file that keeps a second training out of a run folder. */
export const LOCK = 'run.lock';

/** @throws RunFolderError where another training has it: who, and what to do. */
export function lockRun(dir: string): Lock {
  const path = join(dir, LOCK);
  try {
    return takeLock(path);
  } catch (error) {
    throw error instanceof HeldError ? inUse(dir, error) : writeError(error, path);
  }
}

/** As {@link lockRun}, taking nothing. */
export function refuseInUse(dir: string): void {
  try {
    findHolder(join(dir, LOCK));
  } catch (error) {
    throw error instanceof HeldError ? inUse(dir, error) : error;
  }
}

/** What people should know of a lock that was taken over. */
export function lockNotes(dir: string, { takenFrom }: Partial<Lock>): string[] {
  if (takenFrom === undefined) return [];
  const { pid, since } = takenFrom;
  return [`${dir} was left by process ${pid} of ${since}, which is dead; going on in its place`];
}

function inUse(dir: string, { owner, alive, path }: HeldError): RunFolderError {
  return new RunFolderError('in-use', describe());

  function describe(): string {
    if (owner === undefined) return `${path} names no owner; if no training runs in ${dir}, delete ${path}`;
    const { pid, host, since } = owner;
    if (alive === 'unknown') {
      return `${dir} is in use by process ${pid} on host ${host} since ${since}; if it runs there no longer, delete ${path}`;
    }
    const own = pid === process.pid;
    const instead = own ? 'close it there first' : 'wait for it or stop it, or choose another folder';
    return `${dir} is in use by ${own ? 'this process' : `process ${pid}`} since ${since}; ${instead}`;
  }
}
