import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { checkKeys, type KnownKeys } from '@pcam/options';
import { differences } from '../differences.js';
import type { RecordLog } from '../records.js';
import type { ValidationReport } from '../report.js';
import { BEST, type CheckpointStore, LAST, VALIDATION } from '../store.js';
import { describeEnvironment, type Environment } from './environment.js';
import { makeFolder, PARTIAL, RunFolderError, readJson, writeFileDurably, writeJsonFile } from './files.js';
import { jsonLinesLog } from './json-lines.js';
import { type Lock, takeLock } from './lock.js';
import {
  CONFIG,
  ENVIRONMENT,
  isRun,
  LOCK,
  METRICS,
  refuseChanges,
  refuseStrangers,
  refuseUsed,
  WRITTEN,
} from './run-folder.js';

/** A run's configuration: whatever the caller wants to know again; plain values. */
export type RunConfig = Readonly<Record<string, unknown>>;

/**
 * A run on disk:
 *
 * ```
 * config.json  environment.json  metrics.jsonl  curves.json  validation.json
 * checkpoints/last.safetensors  checkpoints/best.safetensors
 * ```
 */
export interface Run {
  readonly dir: string;
  readonly config: RunConfig;
  readonly environment: Environment;
  /** For `fit`. */
  readonly store: CheckpointStore;
  /** For `fit`; `metrics.jsonl`. */
  readonly log: RecordLog;
  /** Whether there is a checkpoint to resume from. */
  readonly hasCheckpoint: boolean;
  /** The best weights, or the last checkpoint where there are none. */
  readonly checkpointPath: string | undefined;
  /** What `fit` chose on the validation split, once the run has ended. */
  readonly validation: ValidationReport | undefined;
  /** What people should know of how it was opened: of a lock that was taken over. */
  readonly notes: readonly string[];
  /** Gives the folder back to other processes. */
  close(): void;
}

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
  const lock = takeLock(join(path, LOCK), path);
  try {
    // Left by a process that was killed while writing.
    for (const name of WRITTEN) rmSync(join(path, name + PARTIAL), { force: true });
    if (isRun(path)) {
      refuseChanges(path, options);
      refuseUsed(path, resume);
      return openFolder(path, lock, config);
    }
    // The configuration comes last: it makes the folder a run.
    writeJsonFile(join(path, ENVIRONMENT), describeEnvironment(environment));
    writeJsonFile(join(path, CONFIG), config);
    return openFolder(path, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Opens a run folder, to resume or to evaluate it. Reading needs no lock; the first write takes it.
 *
 * @throws RunFolderError where `dir` is no run folder, or one of its JSON files is broken.
 */
export function openRun(dir: string): Run {
  const path = resolve(dir);
  if (!existsSync(join(path, CONFIG))) {
    throw new RunFolderError(`${path} is not a run folder: it has no ${CONFIG}`);
  }
  return openFolder(path);
}

/** @param config to record with the first file: what may have changed is of this run once it was resumed with it. */
function openFolder(path: string, taken?: Lock, config?: RunConfig): Run {
  const at = (name: string): string => join(path, name);
  const recorded = readJson(at(CONFIG)) as RunConfig;
  let changed = config !== undefined && differences(recorded, config).length > 0;
  let lock = taken;
  const toWrite = <T>(work: () => T): T => {
    lock ??= takeLock(at(LOCK), path);
    return work();
  };
  const [store, log] = [folderStore(path), jsonLinesLog(at(METRICS))];
  return {
    dir: path,
    config: config ?? recorded,
    environment: readJson(at(ENVIRONMENT)) as Environment,
    notes: lock?.note === undefined ? [] : [lock.note],
    store: {
      read: store.read,
      write: async (name, bytes) =>
        toWrite(() => {
          if (changed) writeJsonFile(at(CONFIG), config);
          changed = false;
          return store.write(name, bytes);
        }),
    },
    log: {
      append: (record) => toWrite(() => log.append(record)),
      flush: async () => toWrite(() => log.flush()),
      rewind: async (position) => toWrite(() => log.rewind(position)),
    },
    get hasCheckpoint() {
      return existsSync(at(LAST));
    },
    get checkpointPath() {
      return [BEST, LAST].map(at).find((file) => existsSync(file));
    },
    get validation() {
      return existsSync(at(VALIDATION)) ? (readJson(at(VALIDATION)) as ValidationReport) : undefined;
    },
    close() {
      log.close();
      lock?.release();
      lock = undefined;
    },
  };
}

/** Files in a folder, written aside and renamed. */
export function folderStore(dir: string): CheckpointStore {
  return {
    async write(name, bytes) {
      const path = join(dir, name);
      makeFolder(dirname(path));
      // Temperature and threshold are of the weights that go: nobody must take them for those of the new ones.
      if (name === BEST) rmSync(join(dir, VALIDATION), { force: true });
      writeFileDurably(path, bytes);
    },
    async read(name) {
      const path = join(dir, name);
      if (!existsSync(path)) return undefined;
      // A plain array: `slice` of a Buffer does not copy.
      const { buffer, byteOffset, length } = readFileSync(path);
      return new Uint8Array(buffer, byteOffset, length);
    },
  };
}
