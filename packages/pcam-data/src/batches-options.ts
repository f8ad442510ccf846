import { checkKeys, type KnownKeys } from '@pcam/options';
import { type AugmentConfig, type AugmentOption, resolveAugment } from './augment/config.js';
import { checkDataset } from './check-dataset.js';
import { type ComposeConfig, type ComposeOption, resolveCompose } from './compose/config.js';
import type { Dataset } from './dataset.js';

/** How batches are drawn. The same options give the same batches. */
export interface LoaderOptions {
  /** Patches in a batch; 32 by default. */
  readonly batchSize?: number;
  /** A new seeded permutation each epoch; off by default. */
  readonly shuffle?: boolean;
  /** Whole number that all randomness hangs on; 0 by default. */
  readonly seed?: number;
  /** A preset or values; 'none' by default. */
  readonly augment?: AugmentOption;
  /**
   * Compose some patches of two, `true` for half of them (see `COMPOSE`): pieces of another patch, cut along smooth
   * curves, take the place of a patch's own, and PCam's rule gives the label. Off by default.
   */
  readonly compose?: ComposeOption;
  /** Leave out the last batch of an epoch where it is not full; off by default. */
  readonly dropLast?: boolean;
  /** As many positives as negatives in each epoch (see `epochOrder`); off by default. */
  readonly balance?: boolean;
}

/** {@link LoaderOptions} with every choice made; plain values, ready for JSON. */
export interface ResolvedLoaderOptions extends Required<Omit<LoaderOptions, 'augment' | 'compose'>> {
  readonly augment: AugmentConfig;
  readonly compose: ComposeConfig | null;
}

/** Of every loader, by name. */
export const LOADER_KEYS: KnownKeys<LoaderOptions> = {
  batchSize: true,
  shuffle: true,
  seed: true,
  augment: true,
  compose: true,
  dropLast: true,
  balance: true,
};

const WORKERS_ONLY = 'createWorkerLoader of @pcam/pcam-data/node takes it';

/** @throws Error for what is no data set; naming an unknown option, a value out of range, or a data set too small for a batch. */
export function resolveLoaderOptions(dataset: Dataset, options: LoaderOptions): ResolvedLoaderOptions {
  checkDataset('loader', dataset);
  checkKeys<LoaderOptions>('loader', options, LOADER_KEYS, { workers: WORKERS_ONLY, prefetch: WORKERS_ONLY });
  const { batchSize = 32, shuffle = false, seed = 0, dropLast = false, balance = false } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new Error(`loader: batchSize must be a positive whole number, got ${batchSize}`);
  }
  checkSeed(seed, 'loader: seed');
  for (const [key, value] of Object.entries({ shuffle, dropLast, balance })) {
    if (typeof value !== 'boolean') throw new Error(`loader: ${key} must be true or false, got ${value}`);
  }
  if (dataset.length === 0) throw new Error(`loader: ${dataset.name} holds no patch`);
  if (dropLast && dataset.length < batchSize) {
    throw new Error(
      `loader: ${dataset.name} holds ${dataset.length} patches, fewer than one batch of ${batchSize}; lower batchSize or switch dropLast off`,
    );
  }
  const [augment, compose] = [resolveAugment(options.augment), resolveCompose(options.compose)];
  return { batchSize, shuffle, seed, dropLast, balance, augment, compose };
}

export function checkSeed(seed: number, what: string): void {
  if (!Number.isSafeInteger(seed)) throw new Error(`${what} must be a whole number, got ${seed}`);
}
