import { slideAttribution } from '@pcam/evaluation';
import type { CreateModelOptions, CreateUnetOptions } from '@pcam/models';
import { type AugmentOption, CENTRE, type LoaderOptions } from '@pcam/pcam-data';
import { defaultRecipe, recipes } from '@pcam/training';
import {
  type AttributionConstraintOptions,
  type AttributionValues,
  attributionNames,
  attributions,
  type Region,
} from '@pcam/xai';
import { mul, ones, reshape, type Tensor3D } from '@tensorflow/tfjs-core';

/** One way to train a network, in plain values. */
export interface Setting {
  /** For people, in a line. */
  readonly about: string;
  /** A U-Net learns from masks; all others from labels alone. */
  readonly model: CreateModelOptions | Unet;
  readonly augment: AugmentOption;
  readonly compose: NonNullable<LoaderOptions['compose']>;
  readonly constraint?: AttributionConstraintOptions;
  /** Another setting, whose network of the same seed draws masks in the place of true ones. */
  readonly teacher?: string;
  /** What it is held against unless told otherwise: the unconstrained setting whose data are the same, or nearest. */
  readonly against?: string;
}

export type Unet = CreateUnetOptions & { readonly name: 'unet' };

const { warmup: WARMUP } = defaultRecipe.constraint.weight;

/** Every pixel by its own patch's label, as though patches that are not composed were wholly one or the other. */
const byOwnLabel: Region = ({ labels, size }) =>
  mul(reshape(labels, [-1, 1, 1]), ones([1, ...size])) as Tensor3D;

/** Without a head's bias, Grad-CAM adds up to the logit. */
const plain: Setting = {
  about: 'labels alone, unconstrained',
  model: { name: 'cnn', preset: 'cnn-fine', headBias: false },
  augment: 'standard',
  compose: false,
};

/** What `pcam-train --preset segmentation` does. */
const recipe = recipes.segmentation;

/** What `pcam-train` does without a preset. */
const byDefault: Setting = {
  about: 'the default recipe: labels alone, unconstrained',
  model: { ...defaultRecipe.model, headBias: false },
  augment: defaultRecipe.loader.augment,
  compose: defaultRecipe.loader.compose,
};

const composed: Setting = {
  about: 'patches composed of two, colours faded: unconstrained',
  model: recipe.model,
  augment: recipe.loader.augment,
  compose: recipe.loader.compose,
};

const CONSTRAINT: AttributionConstraintOptions = recipe.constraint;

const segmentation: Setting = {
  ...composed,
  about: 'the same, Grad-CAM constrained to each piece’s label',
  constraint: CONSTRAINT,
  against: 'composed',
};

const constrained = (about: string, change: AttributionConstraintOptions): Setting => ({
  ...segmentation,
  about,
  constraint: { ...CONSTRAINT, ...change },
});

const labels: Setting = {
  ...plain,
  about: 'Grad-CAM constrained to the label in the centre',
  constraint: { ...defaultRecipe.constraint, attribution: 'gradCam' },
  against: 'plain',
};

const fcnCentre: Setting = {
  ...plain,
  about: 'the logit is of the centre alone, as the label is',
  model: { name: 'fcn', headBias: false, poolField: CENTRE },
};

/** Half the library's steps in training, since each costs a pass forward and back. */
const VALUES: AttributionValues = { steps: 2 };

/**
 * Attributions of pixels are divided by their root mean square, since their size depends on how steep the network is.
 * They are compared with white, the slide without tissue.
 */
const OF_PIXELS: Readonly<Record<string, Setting>> = Object.fromEntries([
  ...attributionNames
    .filter((name) => attributions[name].level === 'pixel')
    .map((name) => [
      name,
      constrained(`${name} in place of Grad-CAM`, {
        attribution: slideAttribution(name, VALUES),
        scale: 'rms',
      }),
    ]),
  [
    'combination',
    constrained('gradientTimesInput and Grad-CAM, half each', {
      attribution: [
        { ...slideAttribution('gradientTimesInput'), weight: 0.5 },
        { ...slideAttribution('gradCam'), weight: 0.5 },
      ],
      scale: 'rms',
    }),
  ],
]);

/** The only list of settings: flags, tables and pictures name these. Each is what it changes of another. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  plain,
  default: byDefault,
  'plain-p4m': {
    ...plain,
    about: 'segmentation’s network, labels alone, unconstrained',
    model: recipe.model,
  },
  labels,
  'labels-lambda-10': {
    ...labels,
    about: 'the same with λ 10',
    constraint: { ...labels.constraint, weight: { lambda: 10, warmup: WARMUP } },
  },
  'labels-healthy': {
    ...labels,
    about: 'the same, of negatives alone, as in the paper',
    constraint: { ...labels.constraint, positives: 'unknown' },
  },
  'labels-composed': {
    ...labels,
    about: 'the same constraint on segmentation’s patches and network',
    model: recipe.model,
    augment: recipe.loader.augment,
    compose: recipe.loader.compose,
    against: 'composed',
  },
  'fcn-centre': fcnCentre,
  'fcn-centre-pseudo': {
    ...fcnCentre,
    about: 'Grad-CAM constrained to masks that fcn-centre draws',
    constraint: { attribution: 'gradCam', region: 'masks', weight: { lambda: 1, warmup: WARMUP } },
    teacher: 'fcn-centre',
    against: 'fcn-centre',
  },

  composed,
  segmentation,
  'no-focus': constrained('all healthy places count alike', { focus: 0 }),
  'no-fade': { ...segmentation, about: 'colours as they are', augment: 'standard' },
  'no-compose': {
    ...constrained('whole patches, each pixel by its patch’s label', { region: byOwnLabel }),
    compose: false,
  },
  'lambda-1': constrained('λ 1', { weight: { lambda: 1, warmup: WARMUP } }),
  'lambda-3': constrained('λ 3', { weight: { lambda: 3, warmup: WARMUP } }),
  'lambda-30': constrained('λ 30', { weight: { lambda: 30, warmup: WARMUP } }),
  coarse: {
    ...segmentation,
    about: 'last map of stride 8',
    model: { name: 'cnn', preset: 'cnn-maps-p4m', headBias: false, mapStride: 0 },
  },
  z2: {
    ...segmentation,
    about: 'turns and mirrors shown, not built in',
    model: { name: 'cnn', preset: 'cnn-maps', headBias: false },
  },
  strided: {
    ...segmentation,
    about: 'as z2, with downsampling as in torchvision',
    model: { name: 'cnn', preset: 'cnn-maps', headBias: false, downsampling: 'strided' },
  },
  self: {
    ...constrained('a second network, constrained to masks that segmentation draws', { region: 'masks' }),
    teacher: 'segmentation',
  },
  ...OF_PIXELS,

  unet: { ...plain, about: 'learns from every true mask: the ceiling', model: { name: 'unet' } },
};

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly string[];

/** The model's options, where the setting is of a U-Net. */
export function unetOf({ model }: Setting): Unet | undefined {
  return model.name === 'unet' ? model : undefined;
}
