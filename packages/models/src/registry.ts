import { assemble } from './assemble.js';
import { type CnnOptions, cnn } from './families/cnn.js';
import { type DensenetOptions, densenet } from './families/densenet.js';
import { type FcnOptions, fcn } from './families/fcn.js';
import { type ResnetOptions, resnet } from './families/resnet.js';
import { unetOptions } from './families/unet.js';
import { type VitOptions, vit } from './families/vit.js';
import type { Family, StandardOptions } from './family.js';
import type { AnyModelConfig, Model } from './model.js';
import { completed, didYouMean, resolveOptions } from './options.js';
import { addFamily, createRegistered, type OwnFamily, registeredNames } from './registered.js';
import { withScope } from './scope.js';

/** The only list of families; their README is the other place that a new one is added to. */
interface Families {
  readonly cnn: typeof cnn;
  readonly densenet: typeof densenet;
  readonly fcn: typeof fcn;
  readonly resnet: typeof resnet;
  readonly vit: typeof vit;
}

const families: Families = { cnn, densenet, fcn, resnet, vit };

export type { CnnOptions, DensenetOptions, FcnOptions, ResnetOptions, VitOptions };

/** Each family's own options, with every value given; `FamilyOptions['vit']` is {@link VitOptions}. */
export type FamilyOptions = {
  readonly [N in keyof Families]: Parameters<Families[N]['build']>[0];
};

/** The families of this package. */
export type ModelName = keyof Families;

/** A family's presets. */
export type PresetName<N extends ModelName = ModelName> = {
  [K in N]: keyof Families[K]['presets'] & string;
}[N];

/** A family's name, a preset of its, options that override the preset's, and the seed of the weights. */
export type CreateModelOptions = {
  readonly [N in ModelName]: {
    readonly name: N;
    readonly preset?: PresetName<N>;
    readonly seed?: number;
  } & Partial<FamilyOptions[N]>;
}[ModelName];

/** The configuration of a model that `createModel` made, by family: every option with its value. */
export type ModelConfig = {
  readonly [N in ModelName]: { readonly name: N } & {
    readonly [K in keyof FamilyOptions[N]]: FamilyOptions[N][K];
  };
}[ModelName];

/** The families of this package; `registerFamily` adds more for `createModel`. */
export const modelNames: readonly ModelName[] = Object.keys(families) as ModelName[];

/** The presets of a family; the first one is what it is without any. */
export function presetNames<N extends ModelName>(name: N): readonly PresetName<N>[] {
  return Object.keys(familyOf(name).presets) as PresetName<N>[];
}

/** The options of a family, `dropout`, `mean` and `std` among them. */
export function optionNames<N extends ModelName>(name: N): readonly (keyof FamilyOptions[N] & string)[] {
  return Object.keys(familyOf(name).options) as (keyof FamilyOptions[N] & string)[];
}

/** For the help of a command that takes a family: what each is good for. */
export const familyHelp: string = modelNames.map((name) => `${name}: ${families[name].about}`).join('; ');

/**
 * A new model with weights drawn from `seed` (default 0): the same seed, options and version give the same
 * weights on every engine. `createModel(model.config)` builds the same architecture again. Of a family that
 * `registerFamily` knows, `options` are what its function takes.
 *
 * @throws Error naming what exists, for an unknown name, preset or option, or a value out of range.
 */
export function createModel<N extends string>(
  options: AnyModelConfig & { readonly name: N extends ModelName ? never : N },
): Model;
export function createModel(options: CreateModelOptions): Model<ModelConfig>;
export function createModel(options: AnyModelConfig | CreateModelOptions): Model {
  if (typeof options !== 'object' || options === null) {
    const example = typeof options === 'string' ? options : 'cnn';
    throw new Error(
      `createModel takes an object, such as { name: '${example}' }, not ${JSON.stringify(options)}.`,
    );
  }
  const registered = createRegistered(options);
  if (registered) return registered;
  const { name, preset, seed = 0, ...own } = options as AnyModelConfig;
  const family = familyOf(name, preset);
  const resolved = resolveOptions(name, family.options, presetOf(family, preset), own);
  return withScope(name, seed, (scope) => {
    const network = family.build(resolved, scope);
    return { ...assemble({ ...resolved, name }, network, scope), layers: network.layers };
  });
}

/**
 * A configuration that a model was saved with, by this or an older version: options that are newer than it get the value
 * that models had before. `decodeModel`, `loadModel` and the checkpoints and run folders of `@pcam/training` do it by
 * themselves; only who keeps configurations elsewhere needs it, for `createModel` takes what is left out as the default.
 */
export function upgradeModelConfig<C extends AnyModelConfig>(saved: C): C {
  if (saved.name === 'unet') return completed(unetOptions, saved);
  return Object.hasOwn(families, saved.name)
    ? completed<object, C>(familyOf(saved.name).options, saved)
    : saved;
}

/**
 * Makes a model of one's own known by name: `createModel({ name })`, `decodeModel`, `loadModel` and the checkpoints of
 * `@pcam/training` build it through `create`. To be called once, before any of them.
 *
 * @returns takes the family away again.
 * @throws Error where the name is taken.
 */
export function registerFamily<Options extends { readonly name: string }>(
  family: OwnFamily<Options>,
): () => void {
  return addFamily(family, [...modelNames, 'unet']);
}

function familyOf(name: unknown, preset?: unknown): Family<StandardOptions> {
  if (typeof name === 'string' && Object.hasOwn(families, name)) {
    return families[name as ModelName] as unknown as Family<StandardOptions>;
  }
  const known = [...modelNames, ...registeredNames()];
  throw new Error(
    `There is no model ${JSON.stringify(name)}. There are: ${known.join(', ')}.${hint(name ?? preset, known)}`,
  );
}

function presetOf(family: Family<StandardOptions>, preset: unknown): Partial<StandardOptions> {
  if (preset === undefined) return {};
  if (typeof preset === 'string' && Object.hasOwn(family.presets, preset)) return family.presets[preset]!;
  const known = Object.keys(family.presets);
  const other = familyWithPreset(preset);
  const advice = other ? ` '${preset}' is a preset of '${other}'.` : didYouMean(preset, known);
  throw new Error(
    `Model '${family.name}' has no preset ${JSON.stringify(preset)}. It has: ${known.join(', ')}.${advice}`,
  );
}

/** Presets are often taken for models. */
function hint(name: unknown, known: readonly string[]): string {
  const family = familyWithPreset(name);
  if (family) return ` '${name}' is a preset: createModel({ name: '${family}', preset: '${name}' }).`;
  if (name === 'unet') return ' A U-Net gives a logit for each pixel: createUnet makes one.';
  return didYouMean(name, known) || ' A model of your own needs registerFamily first.';
}

function familyWithPreset(preset: unknown): ModelName | undefined {
  return modelNames.find((name) => (presetNames(name) as readonly unknown[]).includes(preset));
}
