import { createTaskProgress, type TaskProgress } from '@pcam/cli';
import {
  createSyntheticDataset,
  type Dataset,
  findDuplicates,
  readIntoMemory,
  splitBySlide,
  subset,
} from '@pcam/pcam-data';
import { DataError, openDataset } from '@pcam/pcam-data/node';
import type { TrainOptions } from './options.js';

export interface TrainingData {
  readonly train: Dataset;
  readonly valid: Dataset;
  /** What the user should know about how they came about. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** Patches of the built-in synthetic data: enough to learn from, painted in seconds. */
const SYNTHETIC = { seed: 0, train: 2048, valid: 512 };

/** Opens both splits, or holds a share of train's slides out where there is no valid split. */
export async function openTrainingData(options: TrainOptions): Promise<TrainingData> {
  const { data, limit } = options;
  const tasks = createTaskProgress();
  const onProgress = tasks.report;
  if (data === 'synthetic') {
    const { seed, ...counts } = SYNTHETIC;
    // Painted once, into memory that the loader's threads share.
    const make = (split: 'train' | 'valid') => {
      const synthetic = createSyntheticDataset({ seed, split, n: counts[split] });
      return readIntoMemory(synthetic, (done, total) =>
        onProgress({ task: `paint ${split}`, done, total, unit: 'patches' }),
      );
    };
    return together(first(await make('train'), limit), await make('valid'), []);
  }
  const train = await openDataset(data, 'train', { onProgress });
  try {
    return together(first(train, limit), await openDataset(data, 'valid', { onProgress }), []);
  } catch (error) {
    if (!(error instanceof DataError && error.code === 'missing-split')) {
      await train.close();
      throw error;
    }
    return holdOut(train, options, tasks);
  }
}

async function holdOut(
  train: Dataset,
  { validFraction, seed, limit }: TrainOptions,
  tasks: TaskProgress,
): Promise<TrainingData> {
  const fractions = { train: 1 - validFraction, valid: validFraction };
  const duplicates = await findDuplicates(train, (done, total) =>
    tasks.report({ task: 'look for duplicates', done, total, unit: 'patches' }),
  );
  const { parts, warning } = splitBySlide(train, { fractions, seed, duplicates });
  const notes = [
    `there is no valid split: ${parts.valid.length} of ${train.length} training patches are held out for validation`,
    ...(warning ? [warning] : []),
  ];
  return together(first(subset(train, parts.train), limit), subset(train, parts.valid), notes);
}

function first(dataset: Dataset, limit: number): Dataset {
  if (limit === 0 || limit >= dataset.length) return dataset;
  return subset(
    dataset,
    Int32Array.from({ length: limit }, (_, i) => i),
  );
}

function together(train: Dataset, valid: Dataset, notes: readonly string[]): TrainingData {
  return {
    train,
    valid,
    notes,
    close: async () => {
      await train.close();
      await valid.close();
    },
  };
}
