import { checkOneOf, expectThat, isShare, SHARE } from '../check-options.js';
import { XaiError } from '../errors.js';
import { requireLayerName } from '../pass/layers.js';
import { PLACEMENTS, type Placement } from '../placement.js';
import { isLivingTensor } from '../require.js';
import type { Baseline } from './baseline.js';
import {
  type AttributionDefinition,
  type AttributionOption,
  type OptionKind,
  optionsIn,
} from './definition.js';

/** What every attribution at a layer takes. */
export interface LayerOptions {
  /** A tapped layer. Default: the last one that says where. */
  readonly layer?: string;
  /** Where the cells lie in the image. Default `'tile'`, as in other libraries. */
  readonly placement?: Placement;
}

type Described<Options> = { readonly [Key in keyof Options]-?: AttributionOption<Options[Key]> };

export const LAYER_OPTIONS: Described<LayerOptions> = {
  layer: { kind: 'name', description: 'Layer that is explained; the last one that says where by default' },
  placement: {
    kind: 'choice',
    choices: PLACEMENTS,
    default: 'tile',
    description:
      'Where cells lie: each on its share of the image, or where the layer says that it looks (its origin)',
  },
};

/** Of attributions that compare with an image of nothing. The library does not know what nothing is: 0, as Captum has it. */
export const BASELINE: AttributionOption<Baseline> = {
  kind: 'image',
  default: 0,
  description: 'Pixel value that stands for nothing: 0 is black, 1 the white of a slide without tissue',
};

/** Which defaults hold: those of maps, or those of training. */
export type AttributionUse = 'map' | 'training';

/** Options as given, over the defaults. */
export function withDefaults<Options extends object>(
  definition: AttributionDefinition<string, Options>,
  given: Options,
  use: AttributionUse,
): Options {
  const filled: Record<string, unknown> = {};
  for (const [key, option] of optionsIn(definition)) {
    filled[key] = given[key as keyof Options] ?? defaultOf(option, use);
  }
  return filled as Options;
}

/** What holds where an option is not given. */
export function defaultOf({ default: ofMaps, inTraining }: AttributionOption, use: AttributionUse): unknown {
  return use === 'training' && inTraining ? inTraining.default : ofMaps;
}

/** @throws XaiError `option` for a value that is none of its kind. @param where e.g. `gradCam`. */
export function checkValues<Options extends object>(
  where: string,
  definition: AttributionDefinition<string, Options>,
  given: Options,
  use: AttributionUse,
): void {
  for (const [key, option] of optionsIn(definition)) {
    const value = given[key as keyof Options] as unknown;
    if (value === undefined) {
      if (!option.required || use === 'training') continue;
      throw new XaiError('option', `${where} needs ${key}: ${option.description}.`);
    }
    checkValue(`${where}: ${key}`, value, option);
  }
}

/** Of the kinds that are neither names nor choices, what fits. */
const VALUES: Partial<Record<OptionKind, readonly [fits: (value: unknown) => boolean, wanted: string]>> = {
  count: [(value) => Number.isInteger(value) && (value as number) >= 1, 'a positive integer'],
  seed: [Number.isInteger, 'a whole number'],
  share: [isShare, SHARE],
  image: [(value) => Number.isFinite(value) || isLivingTensor(value), 'a finite number or a tensor'],
  images: [isLivingTensor, 'a tensor [R, H, W, C]'],
};

/** The shapes of images are held against those that are explained, once these are there. */
function checkValue(what: string, value: unknown, { kind, choices = [] }: AttributionOption): void {
  if (kind === 'name') requireLayerName(value);
  if (kind === 'choice') checkOneOf(what, value, choices);
  const [fits, wanted] = VALUES[kind] ?? [];
  if (fits) expectThat(fits(value), what, value, wanted!);
}
