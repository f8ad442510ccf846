import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointStore } from '../store.js';
import { PARTIAL } from './folder-store.js';
import { METRICS, WRITTEN } from './run-folder.js';
import { LOCK } from './run-lock.js';

/** Files that a caller keeps with a run, by name, e.g. the masks that it learns from. Training leaves them alone. */
export interface Attachments {
  /** Whether there is one of that name. @throws RangeError for a name that is not plain, or is one of the run's own files, as `read` and `write` do. */
  has(name: string): boolean;
  /** @returns undefined where there is none of that name. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Whole or not at all. @throws RunFolderError where another process trains there, or the disk refuses. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** @param store the run's own, whose first write takes the lock. */
export function attachmentsOf(dir: string, store: CheckpointStore): Attachments {
  return {
    has: (name) => existsSync(join(dir, checkName(name))),
    read: async (name) => store.read(checkName(name)),
    write: async (name, bytes) => store.write(checkName(name), bytes),
  };
}

/** @throws RangeError for what is no plain name, or one of the run's own files. */
function checkName(name: string): string {
  const own = [...WRITTEN, METRICS].includes(name) || name.startsWith(LOCK) || name.endsWith(PARTIAL);
  if (/^\w[\w.-]*$/.test(name) && !own) return name;
  const why = own ? "is a name of the run's own files" : 'is no plain name of letters, digits, . _ -';
  throw new RangeError(`attachment '${name}' ${why}; choose another`);
}
