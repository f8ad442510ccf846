import { imagesAt } from '@pcam/evaluation';
import { createSyntheticDataset, type Dataset, readIntoMemory } from '@pcam/pcam-data';
import type { Tensor4D } from '@tensorflow/tfjs-core';

export interface SyntheticSetup {
  readonly size: number;
  readonly train: number;
  readonly valid: number;
  readonly test: number;
}

export interface Splits {
  readonly train: Dataset;
  readonly valid: Dataset;
  readonly test: Dataset;
}

/** Painted once; slides are of one split only. The seed is the data's, the same for all networks. */
export async function syntheticSplits({ size, train, valid, test }: SyntheticSetup): Promise<Splits> {
  const paint = (split: string, n: number): Promise<Dataset> =>
    readIntoMemory(createSyntheticDataset({ seed: 0, split, n, size }));
  return {
    train: await paint('train', train),
    valid: await paint('valid', valid),
    test: await paint('test', test),
  };
}

/** Images `[16, H, W, 3]` in [0, 1] of the first negatives. */
export function someNegatives(dataset: Dataset): Promise<Tensor4D> {
  return imagesAt(dataset, [...dataset.labels.keys()].filter((i) => dataset.labels[i] === 0).slice(0, 16));
}
