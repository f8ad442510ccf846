import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { differences } from '../differences.js';
import { BEST, CURVES, LAST, VALIDATION } from '../store.js';
import type { CreateRunOptions } from './create-run.js';
import { RunFolderError, refuseFile } from './errors.js';
import { PARTIAL, readJson } from './folder-store.js';
import type { RunConfig } from './run.js';
import { LOCK, refuseInUse } from './run-lock.js';

export const CONFIG = 'config.json';
export const ENVIRONMENT = 'environment.json';
export const METRICS = 'metrics.jsonl';

/** What is written aside, then renamed. */
export const WRITTEN: readonly string[] = [ENVIRONMENT, CONFIG, CURVES, VALIDATION, LAST, BEST];

/** Whether a folder holds a run. A configuration alone may be another program's. */
export function isRun(dir: string): boolean {
  return existsSync(join(dir, CONFIG)) && existsSync(join(dir, ENVIRONMENT));
}

/** @throws RunFolderError saying what it lacks. */
export function requireRun(path: string): void {
  if (isRun(path)) return;
  if (!existsSync(join(path, CONFIG))) {
    throw new RunFolderError('no-run', `${path} is not a run folder: it has no ${CONFIG}`);
  }
  if ([METRICS, LAST, BEST].some((name) => existsSync(join(path, name)))) {
    throw new RunFolderError(
      'older',
      `${path} has no ${ENVIRONMENT}: it is a run of an older version, or half a copy; copy it again, or train anew`,
    );
  }
  throw new RunFolderError('no-run', `${path} is not a run folder: it has no ${ENVIRONMENT}`);
}

/**
 * Refuses, before anything is read or written, what `createRun` would: for work that takes a while to begin.
 *
 * @throws RunFolderError where `dir` is a file, is in use, holds something else, or holds a run with checkpoints and
 *   `resume` is off.
 */
export function checkRunFolder(dir: string, resume = false): void {
  const path = resolve(dir);
  if (!existsSync(path)) return;
  refuseFile(path);
  refuseStrangers(path);
  refuseInUse(path);
  refuseUsed(path, resume);
}

/** A folder of other things is left as it is. Hidden files, which systems strew about, do no harm. */
export function refuseStrangers(path: string): void {
  if (isRun(path)) return;
  const known = new Set([ENVIRONMENT, ...WRITTEN.map((name) => name + PARTIAL)]);
  const strangers = readdirSync(path).filter(
    (name) => !known.has(name) && !name.startsWith(LOCK) && !name.startsWith('.'),
  );
  if (strangers.length === 0) return;
  throw new RunFolderError(
    'occupied',
    `${path} is not empty (${strangers.slice(0, 3).join(', ')}) and not a run folder; choose another folder`,
  );
}

export function refuseUsed(path: string, resume: boolean): void {
  if (resume || !isRun(path) || !existsSync(join(path, LAST))) return;
  throw new RunFolderError(
    'occupied',
    `${path} holds a run already; resume it (--resume, in code resume: true), or choose another folder`,
  );
}

/** @throws RunFolderError naming the settings that differ and may not. */
export function refuseChanges(path: string, options: CreateRunOptions): void {
  const { config, mayChange = [], upgrade = (old) => old } = options;
  const known = upgrade(readJson(join(path, CONFIG)) as RunConfig);
  const free = (changed: string): boolean =>
    mayChange.some((each) => changed === each || changed.startsWith(`${each}.`));
  const changes = differences(known, config, (changed) => !free(changed));
  if (changes.length === 0) return;
  throw new RunFolderError(
    'settings',
    `${path} holds a run with other settings (${changes.join('; ')}); choose another folder, or use those settings`,
  );
}
