import type { CreateModelOptions } from '@pcam/models';
import type { AugmentPreset } from '@pcam/pcam-data';
import type { AttributionName, FixedWeight, penaltyNames, positivesNames, regionNames } from '@pcam/xai';
import type { MonitorName } from './monitor.js';
import type { OptimizerConfig } from './optimizers/create.js';
import { defaultRecipe } from './recipe.js';

/** Everything that a training takes but its data, in plain values: `defaultRecipe` is one. */
export interface Recipe {
  /** For `createModel`. */
  readonly model: CreateModelOptions;
  readonly epochs: number;
  /** For `createLoader` or `createWorkerLoader`, of the training split. */
  readonly loader: {
    readonly batchSize: number;
    readonly shuffle: boolean;
    readonly augment: AugmentPreset;
    readonly compose: { readonly share: number; readonly from: number };
    readonly dropLast: boolean;
  };
  readonly optimizer: OptimizerConfig;
  readonly warmupEpochs: number;
  readonly clipNorm: number | null;
  readonly emaDecay: number | null;
  readonly labelSmoothing: number;
  readonly classWeight: 'balanced' | 1;
  readonly monitor: MonitorName;
  readonly patience: number | null;
  readonly tta: boolean;
  readonly seed: number;
  /** For `attributionConstraint` of `@pcam/xai`; without an attribution, nothing is constrained unless it is asked for. */
  readonly constraint: {
    readonly attribution?: AttributionName;
    readonly penalty: (typeof penaltyNames)[number];
    readonly scale: number | 'rms';
    readonly channels: 'sum' | 'mean' | 'each';
    readonly region: (typeof regionNames)[number];
    readonly positives: (typeof positivesNames)[number];
    readonly centre: number;
    readonly focus: number;
    readonly weight: Required<FixedWeight>;
  };
}

/** The names of {@link recipes}. */
export type RecipeName = 'segmentation';

/**
 * Share of the training in which a network learns to classify, as by default, before it learns to show where: what is
 * told of place from the first step on, it pays for in AUROC.
 */
const ONSET = 0.65;

/**
 * Recipes for other ends than the default's, by name; `pcam-train --preset` knows them by the same. `about` says in a
 * few words what each is for. In code:
 * `fit({ ...recipe(40, 2, segmentation), model: createModel(segmentation.model), … })`.
 */
export const recipes: Readonly<Record<RecipeName, Recipe & { readonly about: string }>> = {
  segmentation: {
    ...defaultRecipe,
    about: 'maps that segment, from labels alone',
    // Without the head's bias, which Grad-CAM does not see.
    model: { ...defaultRecipe.model, headBias: false },
    loader: { ...defaultRecipe.loader, compose: { share: 0.5, from: ONSET } },
    // The validation split's scores know nothing of place.
    monitor: 'last',
    constraint: {
      ...defaultRecipe.constraint,
      attribution: 'gradCam',
      region: 'composed',
      focus: 2,
      weight: { ...defaultRecipe.constraint.weight, from: ONSET, lambda: 10 },
    },
  },
};
