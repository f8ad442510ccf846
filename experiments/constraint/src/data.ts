import { createSyntheticDataset, type Dataset, readIntoMemory } from '@pcam/pcam-data';
import type { Setup } from './settings.js';

export interface Splits {
  readonly train: Dataset;
  readonly valid: Dataset;
  readonly test: Dataset;
}

/** Painted once; slides are of one split only. The seed is the data's, the same for all networks. */
export async function syntheticSplits({ size, train, valid, test }: Setup): Promise<Splits> {
  const paint = (split: string, n: number): Promise<Dataset> =>
    readIntoMemory(createSyntheticDataset({ seed: 0, split, n, size }));
  return { train: await paint('train', train), valid: await paint('valid', valid), test: await paint('test', test) };
}
