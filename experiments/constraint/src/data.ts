import { createSyntheticDataset, type Dataset, readIntoMemory } from '@pcam/pcam-data';
import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';

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

/** Images `[n, H, W, 3]` in [0, 1]. @param index places in the data set, `[n]`. */
export async function imagesAt(dataset: Dataset, index: readonly number[]): Promise<Tensor4D> {
  const { images } = await dataset.read(index);
  const values = Float32Array.from(images, (value) => value / 255);
  return tensor4d(values, [index.length, dataset.height, dataset.width, 3]);
}
