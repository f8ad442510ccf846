import { type CreateModelOptions, createModel, type Model } from '@pcam/models';
import { createLoader, type Dataset, type Loader } from '@pcam/pcam-data';
import { createWorkerLoader } from '@pcam/pcam-data/node';
import type { FitConfig } from '@pcam/training';
import { modelChanges } from './constraint.js';
import type { TrainOptions } from './options.js';

export function buildModel(options: TrainOptions, changes: Record<string, unknown> = {}): Model {
  const { model: name, modelPreset: preset, modelOptions, seed } = options;
  return createModel({
    ...modelChanges(options),
    ...modelOptions,
    ...changes,
    name,
    ...(preset && { preset }),
    seed,
  } as CreateModelOptions);
}

/** Shuffled and augmented for training; in order and plain for validation. */
export async function openLoader(
  dataset: Dataset,
  options: TrainOptions,
  training: boolean,
): Promise<Loader> {
  const { batchSize, seed, augment, workers } = options;
  const settings = training
    ? { batchSize, seed, augment, shuffle: true, dropLast: dataset.length >= batchSize }
    : { batchSize };
  return workers > 0
    ? createWorkerLoader(dataset, { ...settings, workers })
    : createLoader(dataset, settings);
}

/** The training package's configuration, from the flags. */
export function fitConfig(options: TrainOptions): FitConfig {
  const {
    epochs,
    learningRate,
    weightDecay,
    optimizer,
    ema,
    clipNorm,
    labelSmoothing,
    classWeight,
    patience,
  } = options;
  return {
    epochs,
    optimizer: { name: optimizer, learningRate, weightDecay },
    schedule: { name: 'cosine', warmup: Math.min(1, options.warmupEpochs / epochs) },
    clipNorm,
    emaDecay: ema === 0 ? null : ema,
    labelSmoothing,
    ...(classWeight === 'balanced' && { classWeight }),
    monitor: options.selectBy,
    patience: patience === 0 ? null : patience,
    tta: options.tta,
    seed: options.seed,
  };
}
