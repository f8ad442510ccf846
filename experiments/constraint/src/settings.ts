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

/** Every pixel by its own patch's label, as though patches that are not composed were wholly one or the other. */
const byOwnLabel: Region = ({ labels, size }) =>
  mul(reshape(labels, [-1, 1, 1]), ones([1, ...size])) as Tensor3D;

/** The default recipe, but for the head's bias: without it, Grad-CAM adds up to the logit. */
const plain: Setting = {
  about: 'labels alone, unconstrained',
  model: { ...defaultRecipe.model, headBias: false },
  augment: defaultRecipe.loader.augment,
  compose: defaultRecipe.loader.compose,
};

/** What `pcam-train --preset segmentation` does. */
const recipe = recipes.segmentation;

const composed: Setting = {
  about: 'half of the patches composed of two in the last third: unconstrained',
  model: recipe.model,
  augment: recipe.loader.augment,
  compose: recipe.loader.compose,
};

const CONSTRAINT: AttributionConstraintOptions = recipe.constraint;

const segmentation: Setting = {
  ...composed,
  about: 'the same, Grad-CAM constrained to each piece’s label when two thirds have passed',
  constraint: CONSTRAINT,
  against: 'composed',
};

const { weight: WEIGHT } = recipe.constraint;

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

const FINE: CreateModelOptions = { name: 'cnn', preset: 'cnn-fine', headBias: false };

const P4M: CreateModelOptions = { name: 'cnn', preset: 'cnn-p4m-light', headBias: false };

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
  'plain-fine': { ...plain, about: 'the same of cnn-fine', model: FINE },
  'plain-p4m': { ...plain, about: 'the same of a rotation-equivariant network', model: P4M },
  labels,
  'labels-late': {
    ...labels,
    about: 'the same, set in when two thirds have passed',
    constraint: { ...labels.constraint, weight: { ...WEIGHT, lambda: 0.3 } },
  },
  'labels-lambda-10': {
    ...labels,
    about: 'the same, λ 10',
    constraint: { ...labels.constraint, weight: WEIGHT },
  },
  'labels-healthy': {
    ...labels,
    about: 'of negatives alone, as in the paper',
    constraint: { ...labels.constraint, positives: 'unknown' },
  },
  'labels-composed': {
    ...labels,
    about: 'set in late, λ 10, on segmentation’s patches',
    compose: recipe.loader.compose,
    constraint: { ...labels.constraint, weight: WEIGHT },
    against: 'composed',
  },
  'fcn-centre': fcnCentre,
  'fcn-centre-pseudo': {
    ...fcnCentre,
    about: 'Grad-CAM constrained to masks that fcn-centre draws',
    constraint: {
      attribution: 'gradCam',
      region: 'masks',
      weight: { ...defaultRecipe.constraint.weight, lambda: 1 },
    },
    teacher: 'fcn-centre',
    against: 'fcn-centre',
  },

  composed,
  segmentation,
  'no-focus': constrained('all healthy places count alike', { focus: 0 }),
  'no-compose': {
    ...constrained('whole patches, each pixel by its patch’s label', { region: byOwnLabel }),
    compose: false,
    against: 'plain',
  },
  faded: { ...segmentation, about: 'colours fade in training', augment: 'faded', against: 'plain' },
  'from-the-start': {
    ...constrained('composed and constrained from the first step', { weight: { ...WEIGHT, from: 0 } }),
    compose: { ...recipe.loader.compose, from: 0 },
  },
  'lambda-1': constrained('λ 1', { weight: { ...WEIGHT, lambda: 1 } }),
  'lambda-3': constrained('λ 3', { weight: { ...WEIGHT, lambda: 3 } }),
  'lambda-30': constrained('λ 30', { weight: { ...WEIGHT, lambda: 30 } }),
  fine: { ...segmentation, about: 'cnn-fine: maps of stride 8', model: FINE, against: 'plain-fine' },
  p4m: {
    ...segmentation,
    about: 'a rotation-equivariant network',
    model: P4M,
    against: 'plain-p4m',
  },
  strided: {
    ...segmentation,
    about: 'downsampling as in torchvision',
    model: { ...recipe.model, downsampling: 'strided' } as CreateModelOptions,
    against: 'plain',
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
