import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { differences } from '../differences.js';
import type { RecordLog } from '../records.js';
import type { ValidationReport } from '../report.js';
import { BEST, type CheckpointStore, LAST, VALIDATION } from '../store.js';
import { describeEnvironment, type Environment } from './environment.js';
import { explain, PARTIAL, RunFolderError, writeFileDurably } from './files.js';
import { jsonLinesLog } from './json-lines.js';

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
  close(): void;
}

export interface CreateRunOptions {
  readonly config: RunConfig;
  /** Added to `environment.json`, e.g. the engine and the seed. */
  readonly environment?: Readonly<Record<string, unknown>>;
  /** Go on with a run that is there already, with the same configuration; off by default. */
  readonly resume?: boolean;
}

const CONFIG = 'config.json';
const ENVIRONMENT = 'environment.json';
const METRICS = 'metrics.jsonl';

/**
 * Makes a run folder, or takes up one whose run never reached a checkpoint.
 *
 * @throws RunFolderError in one line where the folder cannot be written, holds something
 *   else, or holds a run with another configuration or (without `resume`) with checkpoints.
 */
export function createRun(dir: string, options: CreateRunOptions): Run {
  const { config, environment = {}, resume = false } = options;
  const path = resolve(dir);
  makeFolder(path);
  if (existsSync(join(path, CONFIG))) {
    const changes = differences(readJson(join(path, CONFIG)), config);
    if (changes.length > 0) {
      throw new RunFolderError(
        `${path} holds a run with other settings (${changes.join('; ')}); choose another folder, or use those settings`,
      );
    }
    const run = openRun(path);
    if (run.hasCheckpoint && !resume) {
      throw new RunFolderError(`${path} holds a run already; resume it, or choose another folder`);
    }
    return run;
  }
  const strangers = readdirSync(path).filter((name) => name !== ENVIRONMENT && !name.endsWith(PARTIAL));
  if (strangers.length > 0) {
    throw new RunFolderError(
      `${path} is not empty (${strangers.slice(0, 3).join(', ')}) and not a run folder; choose another folder`,
    );
  }
  // The configuration comes last: it makes the folder a run.
  writeJsonFile(join(path, ENVIRONMENT), describeEnvironment(environment));
  writeJsonFile(join(path, CONFIG), config);
  return openRun(path);
}

/**
 * Opens a run folder, to resume or to evaluate it. Nothing is written.
 *
 * @throws RunFolderError where `dir` is no run folder, or one of its JSON files is broken.
 */
export function openRun(dir: string): Run {
  const path = resolve(dir);
  if (!existsSync(join(path, CONFIG))) {
    throw new RunFolderError(`${path} is not a run folder: it has no ${CONFIG}`);
  }
  const at = (name: string): string => join(path, name);
  const log = jsonLinesLog(at(METRICS));
  return {
    dir: path,
    config: readJson(at(CONFIG)) as RunConfig,
    environment: readJson(at(ENVIRONMENT)) as Environment,
    store: folderStore(path),
    log,
    get hasCheckpoint() {
      return existsSync(at(LAST));
    },
    get checkpointPath() {
      return [BEST, LAST].map(at).find((file) => existsSync(file));
    },
    get validation() {
      return existsSync(at(VALIDATION)) ? (readJson(at(VALIDATION)) as ValidationReport) : undefined;
    },
    close: () => log.close(),
  };
}

/** Files in a folder, written aside and renamed. */
export function folderStore(dir: string): CheckpointStore {
  return {
    async write(name, bytes) {
      const path = join(dir, name);
      makeFolder(dirname(path));
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

function makeFolder(path: string): void {
  try {
    makeMissing(path);
    if (!statSync(path).isDirectory()) throw new RunFolderError(`${path} is a file; choose another folder`);
    for (const name of readdirSync(path)) {
      // Left by a process that was killed while writing.
      if (name.endsWith(PARTIAL)) rmSync(join(path, name));
    }
  } catch (error) {
    throw explain(error, path);
  }
}

/** Level by level: mkdir's own `recursive` hides why it failed, and never ends on /proc. */
function makeMissing(path: string): void {
  if (existsSync(path)) return;
  makeMissing(dirname(path));
  mkdirSync(path);
}

function writeJsonFile(path: string, value: unknown): void {
  writeFileDurably(path, Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
}

function readJson(path: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (value && typeof value === 'object') return value;
    throw new Error('no object');
  } catch (error) {
    throw new RunFolderError(`${path} cannot be read as JSON; restore it or start a new run`, {
      cause: error,
    });
  }
}
