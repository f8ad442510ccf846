import { type Engine, useEngine } from '@pcam/engine';
import { type CreateModelOptions, createModel, type Model } from '@pcam/models';
import { createLoader, type Dataset, type Loader } from '@pcam/pcam-data';
import { createWorkerLoader } from '@pcam/pcam-data/node';
import { type FitConfig, recipe } from '@pcam/training';
import { constraintTerms, modelChanges } from './constraint.js';
import type { TrainOptions } from './options.js';
import { stagesOf } from './teacher.js';

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

/**
 * Before the data are opened, whose unpacking or painting may take minutes: what no model and no constraint has is
 * told at once.
 */
export function checkSettings(options: TrainOptions): void {
  for (const stage of stagesOf(options)) {
    buildModel(stage).dispose();
    constraintTerms(stage);
  }
}

/** Shuffled and augmented for training; in order and plain for validation. */
export async function openLoader(
  dataset: Dataset,
  options: TrainOptions,
  training: boolean,
): Promise<Loader> {
  const { batchSize, seed, augment, compose: share, composeFrom: from, workers } = options;
  const settings = training
    ? {
        ...{ batchSize, seed, augment, compose: { share, from } },
        ...{ shuffle: true, dropLast: dataset.length >= batchSize },
      }
    : { batchSize };
  return workers > 0
    ? createWorkerLoader(dataset, { ...settings, workers })
    : createLoader(dataset, settings);
}

/** The training package's configuration, from the flags: the recipe, and what was asked for otherwise. */
export function fitConfig(options: TrainOptions): FitConfig {
  const { epochs, warmupEpochs, learningRate, weightDecay, optimizer, classWeight } = options;
  const { clipNorm, emaDecay, labelSmoothing, monitor, patience, tta, seed } = options;
  return {
    ...recipe(epochs, warmupEpochs),
    optimizer: { name: optimizer, learningRate, weightDecay },
    clipNorm: clipNorm === 0 ? null : clipNorm,
    emaDecay: emaDecay === 0 ? null : emaDecay,
    labelSmoothing,
    ...(classWeight === 'balanced' && { classWeight }),
    monitor,
    patience: patience === 0 ? null : patience,
    tta,
    seed,
  };
}

/** Starts the engine, and says which, and what it passed over. */
export async function startEngine({ engine }: TrainOptions, say: (line: string) => void): Promise<Engine> {
  const started = await useEngine(engine);
  say(`engine: ${started.engine} on ${started.device}, ${started.threads} thread(s); ${started.why}`);
  return started;
}
