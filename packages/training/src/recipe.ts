import { CENTRE } from '@pcam/pcam-data';
import type { FitConfig } from './config.js';

/**
 * The recipe behind the results of this project, and every default of `pcam-train`: what the command does, code does
 * with the same words. Plain values, ready for JSON. `fit`'s own defaults are those that hold for any network (see
 * `FitConfig`); these were chosen for small networks on PatchCamelyon.
 */
export const defaultRecipe = {
  epochs: 40,
  /** For `createLoader` or `createWorkerLoader`, of the training split. */
  loader: { batchSize: 32, shuffle: true, augment: 'standard', dropLast: true },
  optimizer: { name: 'adamw', learningRate: 0.003, weightDecay: 0.05 },
  /** Epochs in which the rate climbs, before it falls along a cosine to 0. */
  warmupEpochs: 2,
  clipNorm: 5,
  emaDecay: 0.99,
  labelSmoothing: 0,
  classWeight: 1,
  monitor: 'auroc',
  patience: null,
  tta: true,
  seed: 0,
  /** For `attributionConstraint` of `@pcam/xai`, beside the attribution. */
  constraint: {
    penalty: 'softplus',
    scale: 1,
    channels: 'sum',
    region: 'centre',
    positives: 'centre',
    centre: CENTRE as typeof CENTRE,
    weight: { lambda: 0.3, warmup: 100 },
  },
} as const;

/**
 * The recipe as `fit` takes it: `fit({ ...recipe(40), model, data, valid })`.
 *
 * @param epochs passes over the training data; the warm-up is measured in them.
 */
export function recipe(
  epochs: number = defaultRecipe.epochs,
  warmupEpochs: number = defaultRecipe.warmupEpochs,
): FitConfig {
  const { optimizer, clipNorm, emaDecay, labelSmoothing, classWeight, monitor, patience, tta, seed } =
    defaultRecipe;
  return {
    epochs,
    optimizer,
    schedule: { name: 'cosine', warmup: Math.min(1, warmupEpochs / epochs) },
    clipNorm,
    emaDecay,
    labelSmoothing,
    classWeight,
    monitor,
    patience,
    tta,
    seed,
  };
}
