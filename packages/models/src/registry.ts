import { assemble } from './assemble.js';
import { type CnnOptions, cnn } from './families/cnn.js';
import { type FcnOptions, fcn } from './families/fcn.js';
import { type ResnetOptions, resnet } from './families/resnet.js';
import { type VitOptions, vit } from './families/vit.js';
import type { Family, StandardOptions } from './family.js';
import type { Model, ModelConfig } from './model.js';
import { resolveOptions } from './options.js';
import { withScope } from './scope.js';

/** Each family's own options, all optional. */
export interface FamilyOptions {
  readonly cnn: CnnOptions;
  readonly fcn: FcnOptions;
  readonly resnet: ResnetOptions;
  readonly vit: VitOptions;
}

export type ModelName = keyof FamilyOptions;

/** A family's name, a preset of its, options that override the preset's, and the seed of the weights. */
export type CreateModelOptions = {
  readonly [N in ModelName]: { readonly name: N; readonly preset?: string; readonly seed?: number } & Partial<
    FamilyOptions[N]
  >;
}[ModelName];

const families: Readonly<Record<string, Family<StandardOptions>>> = Object.fromEntries(
  [cnn, fcn, resnet, vit].map((family) => [family.name, family as unknown as Family<StandardOptions>]),
);

/** The families that `createModel` knows. */
export const modelNames: readonly ModelName[] = Object.keys(families) as ModelName[];

/** The presets of a family; the first one is what it is without any. */
export function presetNames(name: ModelName): readonly string[] {
  return Object.keys(familyOf(name).presets);
}

/**
 * A new model with weights drawn from `seed` (default 0): the same seed, options and version give the same
 * weights on every engine. `createModel(model.config)` builds the same architecture again.
 *
 * @throws Error naming what exists, for an unknown name, preset or option, or a value out of range.
 */
export function createModel(options: CreateModelOptions | ModelConfig): Model {
  const { name, preset, seed = 0, ...own } = options as ModelConfig & { preset?: unknown; seed?: unknown };
  const family = familyOf(name);
  const resolved = resolveOptions(name, family.options, presetOf(family, preset), own);
  return withScope(name, seed, (scope) => {
    const network = family.build(resolved, scope);
    return { ...assemble({ ...resolved, name }, network, scope), layers: network.layers };
  });
}

function familyOf(name: unknown): Family<StandardOptions> {
  const family = typeof name === 'string' && Object.hasOwn(families, name) ? families[name] : undefined;
  if (family === undefined) {
    throw new Error(
      `There is no model ${JSON.stringify(name)}. There are: ${Object.keys(families).join(', ')}.`,
    );
  }
  return family;
}

function presetOf(family: Family<StandardOptions>, preset: unknown): Partial<StandardOptions> {
  if (preset === undefined) return {};
  if (typeof preset === 'string' && Object.hasOwn(family.presets, preset)) return family.presets[preset]!;
  throw new Error(
    `Model '${family.name}' has no preset ${JSON.stringify(preset)}. It has: ${Object.keys(family.presets).join(', ')}.`,
  );
}
