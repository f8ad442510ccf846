import { statSync } from 'node:fs';
import { createTaskProgress, type TaskProgress, UsageError } from '@pcam/cli';
import {
  createSyntheticDataset,
  type Dataset,
  findDuplicates,
  readIntoMemory,
  splitBySlide,
  subset,
  take,
} from '@pcam/pcam-data';
import { DataError, detectLayout, openDataset } from '@pcam/pcam-data/node';
import { type TrainOptions, VALID_FRACTION } from './options.js';

export interface TrainingData {
  readonly train: Dataset;
  readonly valid: Dataset;
  /** What the user should know about how they came about. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** Patches of the built-in synthetic data: enough to learn from, painted in seconds. */
const SYNTHETIC = { seed: 0, train: 2048, valid: 512 };

/** Whether there are patches at all, before an engine starts. @throws UsageError, DataError as opening them. */
export async function findTrainingData(options: TrainOptions): Promise<void> {
  const { data } = options;
  if (data === 'synthetic') return refuseFraction(options);
  if (statSync(data, { throwIfNoEntry: false })?.isFile()) return;
  await detectLayout(data, 'train').catch(tellMoved(options));
}

/** A run that goes on may have left its data behind. */
function tellMoved({ resume }: TrainOptions): (error: unknown) => never {
  return (error) => {
    if (!(resume && error instanceof DataError && error.code === 'missing-file')) throw error;
    throw new UsageError(`${error.message}; if the data have moved, give --data with the new place`);
  };
}

/** Opens both splits, or holds a share of train's slides out where there is no valid split. */
export async function openTrainingData(options: TrainOptions): Promise<TrainingData> {
  const { data, limit } = options;
  const tasks = createTaskProgress();
  const onProgress = tasks.report;
  if (data === 'synthetic') {
    refuseFraction(options);
    const { seed, ...counts } = SYNTHETIC;
    // Painted once, into memory that the loader's threads share.
    const make = (split: 'train' | 'valid', first: number) => {
      const synthetic = take(createSyntheticDataset({ seed, split, n: counts[split] }), first);
      return readIntoMemory(synthetic, (done, total) =>
        onProgress({ task: `paint ${split}`, done, total, unit: 'patches' }),
      );
    };
    const [train, valid] = [await make('train', limit), await make('valid', 0)];
    return together({ train, valid }, [train, valid]);
  }
  const train = await openDataset(data, 'train', { onProgress }).catch(tellMoved(options));
  try {
    const valid = await openDataset(data, 'valid', { onProgress });
    refuseFraction(options);
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

/** There is a valid split, so that nothing is held out. A run that began so may go on. */
function refuseFraction({ data, validFraction, resume }: TrainOptions): void {
  if (validFraction === VALID_FRACTION || resume) return;
  throw new UsageError(
    `--valid-fraction says nothing where there is a valid split, as in ${data}; leave it out`,
  );
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
