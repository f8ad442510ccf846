import { createHash } from 'node:crypto';
import { createSyntheticDataset, type Dataset, readIntoMemory, subset } from '@pcam/pcam-data';
import { openDataset, SPLITS, type Split } from '@pcam/pcam-data/node';
import type { ExperimentOptions } from './options.js';

export type Splits = Readonly<Record<Split, Dataset>>;

/** Of the choice of patches and of synthetic slides: the same for all networks and seeds. */
const DATA_SEED = 0;

/**
 * The patches of a part, in memory. No slide of synthetic ones is in two splits.
 *
 * @throws Error where a split lacks a class, and as `openDataset`.
 */
export async function openSplits(options: ExperimentOptions): Promise<Splits> {
  const open = async (split: Split): Promise<Dataset> => {
    if (options.part === 'synthetic') {
      const { size } = options;
      return createSyntheticDataset({ seed: DATA_SEED, split, n: options[split], size });
    }
    if (options.realData === undefined) {
      throw new Error('--part real needs --real-data: a folder with train, valid and test splits');
    }
    return openDataset(options.realData, split);
  };
  const splits: Partial<Record<Split, Dataset>> = {};
  for (const split of SPLITS) {
    const opened = await open(split);
    for (const label of [0, 1]) {
      if (opened.labels.includes(label)) continue;
      throw new Error(`${opened.name} has no patch of label ${label}; every split needs both`);
    }
    splits[split] = await readIntoMemory(opened);
    await opened.close();
  }
  return splits as Splits;
}

/**
 * Per cent of the patches, stratified by label. Within each class patches stand in an order that the seed alone
 * decides, of which a share takes the first: smaller shares are part of larger ones, whatever others are asked for.
 */
export function shareOf(dataset: Dataset, share: number, seed: number = DATA_SEED): Dataset {
  return share === 100 ? dataset : subset(dataset, sharedIndices(dataset.labels, share, seed));
}

/** @returns ascending; at least one patch of each class that there is. */
export function sharedIndices(labels: ArrayLike<number>, share: number, seed: number): number[] {
  const places = Array.from(labels, (label, place) => ({ label, place, order: orderOf(seed, place) }));
  return [0, 1]
    .flatMap((label) => {
      const own = places.filter((each) => each.label === label).sort((a, b) => (a.order < b.order ? -1 : 1));
      return own.slice(0, Math.max(1, Math.round((share / 100) * own.length)));
    })
    .map(({ place }) => place)
    .sort((a, b) => a - b);
}

function orderOf(seed: number, place: number): string {
  return createHash('sha256').update(`${seed}:${place}`).digest('hex');
}
