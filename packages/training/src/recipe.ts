import { CENTRE } from '@pcam/pcam-data';
import type { FitConfig } from './config.js';
import type { Recipe } from './recipes.js';

/**
 * The recipe behind the results of this project, and every default of `pcam-train`: what the command does, code does
 * with the same words. Plain values, ready for JSON. `fit`'s own defaults are those that hold for any network (see
 * `FitConfig`); these were chosen for small networks on PatchCamelyon. `recipes` has others, for other ends.
 */
export const defaultRecipe = {
  /** For `createModel`. */
  model: { name: 'cnn' },
  /** Chosen on 1,719 patches; a pass over all of PCam's is as many steps as 152 of these. */
  epochs: 120,
  /** For `createLoader` or `createWorkerLoader`, of the training split. */
  loader: {
    batchSize: 32,
    shuffle: true,
    augment: 'standard',
    compose: { share: 0, from: 0 },
    dropLast: true,
  },
  optimizer: { name: 'adamw', learningRate: 0.003, weightDecay: 0.3 },
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
    focus: 0,
    weight: { lambda: 0.3, from: 0, warmup: 100 },
  },
} as const;

/**
 * The recipe as `fit` takes it: `fit({ ...recipe(40), model, data, valid })`.
 *
 * @param epochs passes over the training data, the recipe's own by default; the warm-up is measured in them.
 * @param of whose optimizer and the rest: `defaultRecipe`, or one of `recipes`.
 */
export function recipe(epochs?: number, warmupEpochs?: number, of: Recipe = defaultRecipe): FitConfig {
  const passes = epochs ?? of.epochs;
  const { optimizer, clipNorm, emaDecay, labelSmoothing, classWeight, monitor, patience, tta, seed } = of;
  return {
    epochs: passes,
    optimizer,
    schedule: { name: 'cosine', warmup: Math.min(1, (warmupEpochs ?? of.warmupEpochs) / passes) },
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
