import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from './disk-words.js';

/**
 * Makes a folder and those that it lies in. Level by level: mkdir's own `recursive` hides why it failed, and never
 * ends on /proc. Where a file lies there, nothing is said before something is written into it.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (systemCode(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

/** What systems answer that cannot open or sync a folder. */
const UNABLE: readonly (string | undefined)[] = ['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM'];

/** A rename lasts through a power cut once its folder is synced, where the system can do so. */
export function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch (error) {
    if (!UNABLE.includes(systemCode(error))) throw error;
  }
}
