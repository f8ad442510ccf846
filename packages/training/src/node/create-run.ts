import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkKeys, type KnownKeys } from '@pcam/options';
import { describeEnvironment } from './environment.js';
import { makeFolder, PARTIAL, writeJson } from './folder-store.js';
import { openFolder, type Run, type RunConfig } from './run.js';
import {
  CONFIG,
  ENVIRONMENT,
  isRun,
  refuseChanges,
  refuseStrangers,
  refuseUsed,
  WRITTEN,
} from './run-folder.js';
import { lockRun } from './run-lock.js';

/** What a run records of itself, and whether it may go on. */
export interface CreateRunOptions {
  readonly config: RunConfig;
  /** Added to `environment.json`, e.g. the engine and the seed. */
  readonly environment?: Readonly<Record<string, unknown>>;
  /** Go on with a run that is there already, with the same configuration; off by default. */
  readonly resume?: boolean;
  /**
   * Paths in the configuration, such as `options.data`, that may have changed since the run began; what they are now
   * is recorded.
   */
  readonly mayChange?: readonly string[];
  /** Brings what an older version recorded to today's names; as it is by default. */
  readonly upgrade?: (config: RunConfig) => RunConfig;
}

const KNOWN: KnownKeys<CreateRunOptions> = {
  config: true,
  environment: true,
  resume: true,
  mayChange: true,
  upgrade: true,
};

/**
 * Makes a run folder, or takes up one whose run never reached a checkpoint. The folder is locked until `close()`: a
 * second process (or a second call) is refused; the lock of a process that died on this host is taken over.
 *
 * @throws RunFolderError in one line where the folder cannot be written, is in use, holds something
 *   else, or holds a run with another configuration or (without `resume`) with checkpoints.
 */
export function createRun(dir: string, options: CreateRunOptions): Run {
  checkKeys('createRun', options, KNOWN);
  const { config, environment = {}, resume = false } = options;
  const path = resolve(dir);
  makeFolder(path);
  refuseStrangers(path);
  const lock = lockRun(path);
  try {
    // Left by a process that was killed while writing.
    for (const name of WRITTEN) rmSync(join(path, name + PARTIAL), { force: true });
    if (isRun(path)) {
      refuseChanges(path, options);
      refuseUsed(path, resume);
      return openFolder(path, { lock, config });
    }
    // The configuration comes last: it makes the folder a run.
    writeJson(join(path, ENVIRONMENT), describeEnvironment(environment));
    writeJson(join(path, CONFIG), config);
    return openFolder(path, { lock });
  } catch (error) {
    lock.release();
    throw error;
  }
}
