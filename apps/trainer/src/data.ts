import { createTaskProgress, type TaskProgress } from '@pcam/cli';
import {
  createSyntheticDataset,
  type Dataset,
  findDuplicates,
  readIntoMemory,
  splitBySlide,
  subset,
  take,
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
    const [train, valid] = [await make('train'), await make('valid')];
    return together({ train: take(train, limit), valid }, [train, valid]);
  }
  const train = await openDataset(data, 'train', { onProgress });
  try {
    const valid = await openDataset(data, 'valid', { onProgress });
    return together({ train: take(train, limit), valid }, [train, valid]);
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
  const held = { train: take(subset(train, parts.train), limit), valid: subset(train, parts.valid) };
  return together(held, [train], notes);
}

/** @param opened what to close in the end; a subset leaves its data set open. */
function together(
  parts: Pick<TrainingData, 'train' | 'valid'>,
  opened: readonly Dataset[],
  notes: readonly string[] = [],
): TrainingData {
  return {
    ...parts,
    notes,
    close: async () => {
      for (const dataset of opened) await dataset.close();
    },
  };
}
