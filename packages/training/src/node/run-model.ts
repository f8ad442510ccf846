import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { diskWords } from '@pcam/files';
import type { Model } from '@pcam/models';
import { describeCheckpoint, modelFromCheckpoint, type PatchSize } from '../checkpoints.js';
import type { ValidationReport } from '../report.js';
import { BEST, LAST } from '../store.js';
import { RunFolderError } from './errors.js';
import { readBytes } from './folder-store.js';
import type { Run } from './run.js';

/** The weights that a run keeps; {@link RunWeights} tells what each are. */
export const runWeightsNames = ['best', 'last'] as const;

/** Which weights of a run: those of its best epoch by the validation split, or its last ones (averaged, where it averages). */
export type RunWeights = (typeof runWeightsNames)[number];

/** A model of a run, and what is known of its weights. */
export interface RunModel {
  /** Whoever asked for it disposes it. */
  readonly model: Model;
  readonly weights: RunWeights;
  /** The file that the weights come from. */
  readonly path: string;
  /** Of that file, in hexadecimal digits. */
  readonly sha256: string;
  /** Epochs that the weights have learned for, where the run knows. */
  readonly epoch: number | undefined;
  /** In pixels, of the patches that it was trained on; undefined where the last checkpoint was deleted to save space. */
  readonly patchSize: PatchSize | undefined;
  /** Temperature and threshold of these very weights: the best ones' of a run that has ended, of others nobody measured any. */
  readonly validation: ValidationReport | undefined;
}

const FILES: Readonly<Record<RunWeights, string>> = { best: BEST, last: LAST };

/** @returns undefined where there are none. */
export function weightsPath(dir: string, weights?: RunWeights): string | undefined {
  const wanted = weights === undefined ? [BEST, LAST] : [FILES[weights]];
  return wanted.map((name) => join(dir, name)).find((path) => existsSync(path));
}

/**
 * @param weights the best, or the last where there are no best ones, by default.
 * @throws RunFolderError where the run has no such weights yet, or their file is broken or another model's.
 */
export function loadRunModel(
  run: Pick<Run, 'dir' | 'config' | 'history' | 'validation'>,
  weights?: RunWeights,
): RunModel {
  const path = weightsPath(run.dir, weights);
  if (path === undefined) {
    const [which, remedy] =
      weights === 'best' ? ['best weights', 'let it validate once'] : ['weights', 'let it end an epoch'];
    throw new RunFolderError('unfinished', `${run.dir}: the run has no ${which} yet; ${remedy}`);
  }
  const bytes = read(path);
  const model = decode(path, bytes);
  const expected = (run.config.model as { name?: string } | undefined)?.name;
  if (expected !== undefined && model.config.name !== expected) {
    model.dispose();
    throw new RunFolderError(
      'broken',
      `${path} holds a ${model.config.name}, but the run was of a ${expected}; restore the checkpoint`,
    );
  }
  try {
    return { model, path, sha256: createHash('sha256').update(bytes).digest('hex'), ...factsOf(run, path) };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** The last checkpoint knows most; what else the run knows counts where that is gone. */
function factsOf(
  run: Parameters<typeof loadRunModel>[0],
  path: string,
): Pick<RunModel, 'weights' | 'epoch' | 'patchSize' | 'validation'> {
  const weights = path === join(run.dir, LAST) ? 'last' : 'best';
  const last = weightsPath(run.dir, 'last');
  const { epochs, patchSize } = (last && describeCheckpoint(readBytes(last))) || {};
  if (weights === 'last') return { weights, epoch: epochs, patchSize, validation: undefined };
  const epoch = run.history.findLast((record) => record.best)?.epoch;
  return { weights, epoch, patchSize, validation: run.validation };
}

function read(path: string): Uint8Array {
  try {
    return readBytes(path);
  } catch (error) {
    throw cannotLoad(path, error);
  }
}

function decode(path: string, bytes: Uint8Array): Model {
  try {
    return modelFromCheckpoint(bytes);
  } catch (error) {
    throw cannotLoad(path, error);
  }
}

function cannotLoad(path: string, error: unknown): RunFolderError {
  const why = diskWords(error, { verb: 'read' }) ?? (error as Error).message;
  return new RunFolderError('broken', `${path}: cannot load a model: ${why}`, { cause: error });
}
