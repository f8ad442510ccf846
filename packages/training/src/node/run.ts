import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Lock } from '@pcam/files';
import { differences } from '../differences.js';
import type { EpochRecord, LogRecord, RecordLog } from '../records.js';
import type { ValidationReport } from '../report.js';
import { type CheckpointStore, CURVES, LAST, VALIDATION } from '../store.js';
import { type Attachments, attachmentsOf } from './attachments.js';
import type { Environment } from './environment.js';
import { folderStore, readJson, readJsonList, writeJson } from './folder-store.js';
import { jsonLinesLog, readJsonLines } from './json-lines.js';
import { CONFIG, ENVIRONMENT, METRICS, requireRun } from './run-folder.js';
import { lockNotes, lockRun } from './run-lock.js';
import { loadRunModel, type RunModel, type RunWeights, weightsPath } from './run-model.js';

/** A run's configuration: whatever the caller wants to know again; plain values. */
export type RunConfig = Readonly<Record<string, unknown>>;

/**
 * A run on disk; nobody else needs to know its files:
 *
 * ```
 * config.json  environment.json  metrics.jsonl  curves.json  validation.json
 * checkpoints/last.safetensors  checkpoints/best.safetensors
 * ```
 *
 * What is read is of now, also while another process trains. RunFolderError (`broken`) where a file cannot be read.
 */
export interface Run {
  readonly dir: string;
  readonly config: RunConfig;
  readonly environment: Environment;
  /** One record an epoch; none of a run that was stopped in its first. */
  readonly history: readonly EpochRecord[];
  /** Every step and epoch, from the log. */
  records(): readonly LogRecord[];
  /** What `fit` chose on the validation split for the best weights, once the run has ended. */
  readonly validation: ValidationReport | undefined;
  /**
   * Loads a model, which the caller disposes.
   *
   * @param weights the best, or the last where there are no best ones, by default.
   * @throws RunFolderError where the run has no such weights yet (`unfinished`), or their file is broken or another
   *   model's (`broken`).
   */
  model(weights?: RunWeights): Promise<RunModel>;
  /** Where those weights lie; undefined where there are none. */
  weightsPath(weights?: RunWeights): string | undefined;
  /** Files that the caller keeps with the run. */
  readonly attachments: Attachments;
  /** For `fit`. */
  readonly store: CheckpointStore;
  /** For `fit`; `metrics.jsonl`. */
  readonly log: RecordLog;
  /** Writes what may have changed since the run began (`mayChange`) now, rather than with the first file. */
  record(): void;
  /** Whether there is a checkpoint to resume from. */
  readonly hasCheckpoint: boolean;
  /** What people should know of how it was opened: of a lock that was taken over. */
  readonly notes: readonly string[];
  /** Gives the folder back to other processes. */
  close(): void;
}

/**
 * Opens a run folder, to resume or to evaluate it. Reading needs no lock, and no `close()`; the first write takes it.
 *
 * @throws RunFolderError where `dir` is no run folder (`no-run`, `older`), or one of its JSON files is broken.
 */
export function openRun(dir: string): Run {
  const path = resolve(dir);
  requireRun(path);
  return openFolder(path);
}

/**
 * @param options `lock`: where it is taken already; `config`: to record with the first file, for what may have changed
 *   is of this run once it was resumed with it.
 */
export function openFolder(dir: string, options: { lock?: Lock; config?: RunConfig } = {}): Run {
  const { config } = options;
  const at = (name: string): string => join(dir, name);
  const recorded = readJson(at(CONFIG)) as RunConfig;
  let changed = config !== undefined && differences(recorded, config).length > 0;
  let { lock } = options;
  const toWrite = <T>(work: () => T): T => {
    lock ??= lockRun(dir);
    return work();
  };
  const record = (): void => {
    if (changed) toWrite(() => writeJson(at(CONFIG), config));
    changed = false;
  };
  const [files, log] = [folderStore(dir), jsonLinesLog(at(METRICS))];
  const store: CheckpointStore = {
    read: files.read,
    write: async (name, bytes) =>
      toWrite(() => {
        record();
        return files.write(name, bytes);
      }),
  };
  const run: Run = {
    dir,
    config: config ?? recorded,
    environment: readJson(at(ENVIRONMENT)) as Environment,
    get history() {
      return existsSync(at(CURVES)) ? (readJsonList(at(CURVES)) as EpochRecord[]) : [];
    },
    records: () => readJsonLines(at(METRICS)),
    get validation() {
      return existsSync(at(VALIDATION)) ? (readJson(at(VALIDATION)) as ValidationReport) : undefined;
    },
    model: async (weights) => loadRunModel(run, weights),
    weightsPath: (weights) => weightsPath(dir, weights),
    attachments: attachmentsOf(dir, store),
    store,
    log: {
      append: (record) => toWrite(() => log.append(record)),
      flush: async () => toWrite(() => log.flush()),
      rewind: async (position) => toWrite(() => log.rewind(position)),
    },
    record,
    get hasCheckpoint() {
      return existsSync(at(LAST));
    },
    notes: lockNotes(dir, lock ?? {}),
    close() {
      log.close();
      lock?.release();
      lock = undefined;
    },
  };
  return run;
}
