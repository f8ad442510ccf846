import { checkKeys } from '@pcam/options';
import { type BatchArrays, batchesPerEpoch, checkPlace, planEpoch } from '../batches.js';
import { LOADER_KEYS, type LoaderOptions, resolveLoaderOptions } from '../batches-options.js';
import { checkDataset } from '../check-dataset.js';
import type { Dataset } from '../dataset.js';
import { type SeededLoader, toBatch } from '../loader.js';
import { openSpec } from './open-dataset.js';
import type { DatasetSpec } from './spec.js';
import { createWorkerPool } from './worker-pool.js';
import { sourceOf } from './worker-source.js';

/** How batches are drawn, and by how many threads. */
export interface WorkerLoaderOptions extends LoaderOptions {
  /** Threads; 1 by default. */
  readonly workers?: number;
  /** The most batches that are made or kept ahead of the reader; 2 · workers + 2 by default. */
  readonly prefetch?: number;
}

/**
 * A loader that reads, augments and converts on other threads and hands its arrays over
 * without copying. Its batches, and their order, are exactly those of `createLoader` with
 * the same options, whatever the number of workers. What fails in a worker fails in the
 * iterator, with the worker's message. A reader that stops early leaves nothing running;
 * `close` ends the threads, and idle threads do not keep the process alive.
 *
 * @param source a data set of this package, a subset of one, or the spec of one. One in
 *   memory is copied once to memory that threads share, unless its arrays lie there already.
 *   A data set stays the caller's to close; one opened from a spec is closed with the loader.
 * @throws Error naming a bad option, or a data set that a worker cannot open again.
 */
export async function createWorkerLoader(
  source: Dataset | DatasetSpec,
  options: WorkerLoaderOptions = {},
): Promise<SeededLoader> {
  checkKeys<WorkerLoaderOptions>('loader', options, {
    ...LOADER_KEYS,
    workers: true,
    prefetch: true,
  });
  const { workers = 1, prefetch = 2 * workers + 2, ...rest } = options;
  for (const [key, value] of Object.entries({ workers, prefetch })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new Error(`loader: ${key} must be a positive whole number, got ${value}`);
    }
  }
  const owned = isSpec(source) ? await openSpec(source) : undefined;
  const dataset = owned ?? (source as Dataset);
  checkDataset('loader', dataset);
  try {
    return start(dataset, rest, workers, prefetch, async () => owned?.close());
  } catch (error) {
    await owned?.close();
    throw error;
  }
}

function isSpec(source: Dataset | DatasetSpec): source is DatasetSpec {
  return typeof source === 'object' && source !== null && 'kind' in source && !('read' in source);
}

function start(
  dataset: Dataset,
  options: LoaderOptions,
  workers: number,
  prefetch: number,
  release: () => Promise<void>,
): SeededLoader {
  const resolved = resolveLoaderOptions(dataset, options);
  const { augment, compose, seed, batchSize } = resolved;
  const pool = createWorkerPool({ source: sourceOf(dataset), options: { augment, compose, seed } }, workers);
  const batches = batchesPerEpoch(dataset.length, resolved);
  return {
    dataset,
    seed,
    batchSize,
    batchesPerEpoch: batches,
    epoch(epoch, from = 0, epochs?: number) {
      checkPlace(epoch, from, batches);
      const plan = planEpoch(dataset.labels, resolved, epoch, epochs);
      return (async function* () {
        const ahead: Promise<BatchArrays>[] = [];
        for (let next = from; next < batches || ahead.length > 0; ) {
          while (ahead.length < prefetch && next < batches) {
            const arrays = pool.run(plan(next++));
            arrays.catch(() => {}); // seen when its turn comes, or never, if the reader stops
            ahead.push(arrays);
          }
          yield toBatch(await ahead.shift()!, dataset);
        }
      })();
    },
    async close() {
      await pool.close();
      await release();
    },
  };
}
