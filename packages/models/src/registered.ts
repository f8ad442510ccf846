import { checkKeys } from '@pcam/options';
import type { AnyModelConfig, Model } from './model.js';

/** A family of one's own. */
export interface OwnFamily<Options extends { readonly name: string } = AnyModelConfig> {
  /** The `name` in its models' configurations. */
  readonly name: Options['name'];
  /**
   * Builds a model of what `createModel` was given: options for a new one, or the `config` of one that was saved,
   * whose weights are then written over. `config` of what it returns must be plain values with this name.
   */
  readonly create: (options: Options) => Model;
}

const registered = new Map<string, OwnFamily>();

/** What `registerFamily` does. @param taken names of the package's own. */
export function addFamily<Options extends { readonly name: string }>(
  family: OwnFamily<Options>,
  taken: readonly string[],
): () => void {
  checkKeys<OwnFamily<Options>>('registerFamily', family, { name: true, create: true });
  const { name, create } = family;
  if (typeof name !== 'string' || name === '') throw new Error('registerFamily: name must be a string');
  if (typeof create !== 'function') {
    throw new Error(
      `registerFamily: create of '${name}' must be a function of the options that gives a model`,
    );
  }
  if (taken.includes(name) || registered.has(name)) {
    throw new Error(`registerFamily: the name '${name}' is taken; give the family another`);
  }
  registered.set(name, family as unknown as OwnFamily);
  return () => void (registered.get(name) === (family as unknown) && registered.delete(name));
}

export function registeredNames(): readonly string[] {
  return [...registered.keys()];
}

/** A model of a registered family, if `options` name one. @throws Error where `create` makes another. */
export function createRegistered(options: object): Model | undefined {
  const { name } = options as { readonly name?: unknown };
  const family = typeof name === 'string' ? registered.get(name) : undefined;
  if (!family) return undefined;
  const model = family.create(options as AnyModelConfig);
  const made: unknown = model?.config?.name;
  if (made === family.name && model.variables instanceof Map) return model;
  throw new Error(
    `The family '${family.name}' made ${made === undefined ? 'no model' : `a model named ${JSON.stringify(made)}`}; create must return a model whose config.name is '${family.name}' and whose variables are a Map by name.`,
  );
}
