import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { checkOneOf, expectThat } from '../check-options.js';
import { XaiError } from '../errors.js';
import type { Explainable } from '../explainable.js';
import { type LayerMapOptions, layerMap, type PixelMapOptions, pixelMap } from './attribute.js';
import {
  type AttributionDefinition,
  type AttributionOption,
  type OptionsOf,
  optionsIn,
} from './definition.js';
import { type AttributionUse, defaultOf, type LayerOptions } from './options.js';
import { type Attributions, attributions } from './table.js';

/** What attributions are called: their functions, and the commands' flag values. */
export type AttributionName = keyof Attributions;

/** All of them, in the table's order. */
export const attributionNames: readonly AttributionName[] = /* @__PURE__ */ Object.keys(
  attributions,
) as AttributionName[];

/** One attribution with its own options. */
export type NamedAttribution = {
  readonly [Name in AttributionName]: { readonly name: Name } & OptionsOf<Attributions[Name]>;
}[AttributionName];

type AllOptions = OptionsOf<Attributions[AttributionName]>;
type KeysOf<Union> = Union extends unknown ? keyof Union : never;
type ValueAt<Union, Key> = Union extends unknown ? (Key extends keyof Union ? Union[Key] : never) : never;

/** What no flag says: images come from the data, and a command has a seed of its own. */
type OfCommand = 'references' | 'seed';

/** Options of attributions by name that plain values can say. */
export type AttributionValues = {
  readonly [Key in Exclude<KeysOf<AllOptions>, OfCommand>]?:
    | Extract<ValueAt<AllOptions, Key>, string | number>
    | undefined;
};

/** An option of one attribution or more. */
export interface SharedOption<Value = unknown> extends AttributionOption<Value> {
  /** Whose it is. */
  readonly of: readonly AttributionName[];
}

/** @throws XaiError `option` for what is no attribution, with the one that is meant. */
export function definitionOf(where: string, name: AttributionName): AttributionDefinition {
  const others = otherAttributionNames();
  if (typeof name === 'string' && Object.hasOwn(others, name)) {
    const known = attributionNames.join(', ');
    const meant = others[name];
    throw new XaiError(
      'option',
      `${where}: attribution must be one of ${known}, got '${name}'; did you mean '${meant}'?`,
    );
  }
  checkOneOf(`${where}: attribution`, name, attributionNames);
  return attributions[name];
}

/** @throws XaiError `option` for what is no description of one. */
export function named<T extends NamedAttribution>(where: string, attribution: T): T {
  const example = "an attribution with its options, such as { name: 'gradCam' }";
  const fits = typeof attribution === 'object' && attribution !== null;
  expectThat(fits, `${where}: attribution`, attribution, example);
  return attribution;
}

/** What attributions are called elsewhere, each with its name here: `gradient` is inputGradient. */
export function otherAttributionNames(): Readonly<Record<string, AttributionName>> {
  const pairs = attributionNames.flatMap((name) => {
    const { otherNames = [] }: AttributionDefinition = attributions[name];
    return otherNames.map((other) => [other, name] as const);
  });
  return Object.fromEntries(pairs);
}

/**
 * Every option of any attribution that a plain value can say, with those that read it: what flags are made of.
 * A default is told where all have the same.
 */
export function attributionOptions(use: AttributionUse): {
  readonly [Key in keyof AttributionValues]-?: SharedOption<AttributionValues[Key]>;
} {
  const shared: Record<string, SharedOption> = {};
  for (const name of attributionNames) {
    for (const [key, option] of optionsIn(attributions[name])) {
      if (option.kind === 'seed' || option.kind === 'images') continue;
      const own = defaultOf(option, use);
      const { inTraining, default: _, ...rest } = option;
      const before = shared[key];
      const agreed = before && before.default !== own ? undefined : own;
      shared[key] = { ...rest, default: agreed, of: [...(before?.of ?? []), name] };
    }
  }
  return shared as ReturnType<typeof attributionOptions>;
}

/** Whether a map cannot be made without images to compare with, outside of training. */
export function needsReferences(name: AttributionName): boolean {
  return optionsIn(attributions[name]).some(([, { kind, required }]) => kind === 'images' && required);
}

/** Of all values, those that an attribution reads. */
export function attributionBy(
  name: AttributionName,
  values: AttributionValues & {
    readonly seed?: number | undefined;
    readonly references?: Tensor4D | undefined;
  },
): NamedAttribution {
  const own = Object.entries(values).filter(
    ([key, value]) => value !== undefined && Object.hasOwn(attributions[name].options, key),
  );
  return { name, ...Object.fromEntries(own) } as NamedAttribution;
}

/**
 * A map by the attribution's name, as its function makes it.
 *
 * @param images `[B, H, W, C]`. @returns `[B, H, W]`.
 * @throws XaiError as that function; for a name that is none.
 */
export function attributionMap(
  attribution: NamedAttribution,
  model: Explainable,
  images: Tensor4D,
  common: LayerMapOptions | PixelMapOptions = {},
): Tensor3D {
  const { name, ...own } = named('attributionMap', attribution);
  const definition = definitionOf('attributionMap', name);
  const options = { ...common, ...own };
  return definition.level === 'layer'
    ? layerMap(definition as AttributionDefinition<string, LayerOptions>, model, images, options)
    : pixelMap(definition, model, images, options);
}

/**
 * What a map was made by, for people: `Grad-CAM, Selvaraju et al. 2017, at layer stages.3`, `integrated gradients from
 * a white image, Sundararajan et al. 2017, steps 64`.
 */
export function describeAttribution(attribution: NamedAttribution): string {
  const { name, ...own } = named('describeAttribution', attribution);
  const definition = definitionOf('describeAttribution', name);
  const { title, citation } = definition;
  const said = { before: '', after: '' };
  for (const [key, option] of optionsIn(definition)) {
    const value = (own as Record<string, unknown>)[key];
    if (value === undefined) continue;
    if (option.kind === 'image') said.before += ` from ${describeImage(value)}`;
    else if (option.kind === 'images') said.before += ` over ${(value as Tensor4D).shape[0]} patches`;
    else if (option.kind === 'name') said.after += `, at ${key} ${value}`;
    else if (value !== option.default) said.after += `, ${key} ${value}`;
  }
  return `${title}${said.before}, ${citation.authors}${said.after}`;
}

function describeImage(value: unknown): string {
  if (value === 0) return 'a black image';
  if (value === 1) return 'a white image';
  return typeof value === 'number' ? `an image of ${value}` : 'an image';
}
