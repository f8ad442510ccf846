import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { type CreateUnetOptions, createUnet } from './families/unet.js';
import type { AnyModelConfig, Model, SegmentationModel, Weighted } from './model.js';
import { createModel, upgradeModelConfig } from './registry.js';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from './safetensors.js';

/** The metadata entry that holds the configuration as JSON. */
const configKey = 'pcam.model';

/** A copy of every variable's values, running statistics included, by name. */
export async function readWeights(model: Weighted): Promise<Map<string, NamedTensor>> {
  const entries = [...model.variables].map(async ([name, variable]): Promise<[string, NamedTensor]> => {
    const values = (await variable.data()) as Float32Array;
    return [name, { shape: variable.shape, values: values.slice() }];
  });
  return new Map(await Promise.all(entries));
}

/**
 * Sets every variable of a model.
 *
 * @throws Error before anything is changed, where names or shapes are not the model's.
 */
export function writeWeights(model: Weighted, weights: ReadonlyMap<string, NamedTensor>): void {
  const label = `model '${model.config.name}'`;
  const missing = [...model.variables.keys()].filter((name) => !weights.has(name));
  if (missing.length > 0) throw new Error(`The weights lack ${listed(missing)} of ${label}.`);
  const extra = [...weights.keys()].filter((name) => !model.variables.has(name));
  if (extra.length > 0) throw new Error(`The weights hold ${listed(extra)}, which ${label} does not have.`);
  for (const [name, variable] of model.variables) {
    const { shape, values } = weights.get(name)!;
    if (shape.join() !== variable.shape.join() || !(values instanceof Float32Array)) {
      const given = `${values instanceof Float32Array ? 'float32' : 'int32'} [${shape.join(', ')}]`;
      throw new Error(
        `Weight '${name}' of ${label} is float32 [${variable.shape.join(', ')}], not ${given}.`,
      );
    }
  }
  for (const [name, variable] of model.variables) {
    const { shape, values } = weights.get(name)!;
    const next: Tensor = tensor(values as Float32Array, [...shape], 'float32');
    variable.assign(next);
    next.dispose();
  }
}

/**
 * A model as the bytes of a safetensors file, its configuration in the header.
 *
 * @throws Error where a value of the configuration is none that JSON keeps.
 */
export async function encodeModel(model: Weighted): Promise<Uint8Array<ArrayBuffer>> {
  const lost = notJson(model.config);
  if (lost !== undefined) {
    throw new Error(
      `Model '${model.config.name}': JSON does not keep its configuration's '${lost}'; it must be plain values.`,
    );
  }
  return encodeSafetensors(await readWeights(model), { [configKey]: JSON.stringify(model.config) });
}

/**
 * The model that `encodeModel` encoded, bit for bit.
 *
 * @throws Error in one line for bytes that are damaged or not a model of this package.
 */
export function decodeModel(bytes: Uint8Array): Model {
  return decode(bytes, (config) => createModel(config));
}

/**
 * The U-Net that `encodeModel` encoded, bit for bit.
 *
 * @throws as {@link decodeModel}.
 */
export function decodeUnet(bytes: Uint8Array): SegmentationModel {
  return decode(bytes, (config) => createUnet(config as unknown as CreateUnetOptions));
}

function decode<T extends Weighted & { dispose(): void }>(
  bytes: Uint8Array,
  create: (config: AnyModelConfig) => T,
): T {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const model = create(upgradeModelConfig(readConfig(metadata[configKey])));
  try {
    writeWeights(model, tensors);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

function readConfig(text: string | undefined): AnyModelConfig {
  if (text === undefined) {
    throw new Error(
      `The safetensors file holds no model of @pcam/models: its metadata lacks '${configKey}' (a run's last.safetensors is read by modelFromCheckpoint of @pcam/training).`,
    );
  }
  try {
    const config = JSON.parse(text) as unknown;
    if (typeof config === 'object' && config !== null) return config as AnyModelConfig;
  } catch {
    // said below
  }
  throw new Error(`The safetensors file's metadata '${configKey}' is not a model configuration in JSON.`);
}

/** The first key of an object that JSON would lose or change. */
function notJson(value: object): string | undefined {
  return Object.entries(value).find(([, inner]) => !isPlain(inner))?.[0];
}

function isPlain(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean')
    return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((inner) => inner !== undefined && isPlain(inner));
  if (typeof value !== 'object') return false;
  return Object.getPrototypeOf(value) === Object.prototype && notJson(value) === undefined;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `'${name}'`);
  return names.length > 3 ? `${shown.join(', ')} and ${names.length - 3} more` : shown.join(', ');
}
