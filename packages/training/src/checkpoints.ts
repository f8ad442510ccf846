import {
  createModel,
  decodeModel,
  decodeSafetensors,
  encodeModel,
  encodeSafetensors,
  type Model,
  type NamedTensor,
  type SafetensorsContent,
  upgradeModelConfig,
  writeWeights,
} from '@pcam/models';
import type { Loader } from '@pcam/pcam-data';
import { type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import {
  checkIdentity,
  describeData,
  describeDataset,
  describeTerms,
  type Identity,
} from './checkpoint-identity.js';
import type { ResolvedFitConfig } from './config.js';
import type { LossTerm } from './gradients.js';
import { initialState, type TrainingState, type TrainingTensors } from './state.js';
import { BEST, type CheckpointStore, LAST } from './store.js';
import { assignWeights, disposeAll, withWeights } from './weights.js';

export interface Checkpoints {
  /** The state to begin with; fills the model and `tensors` from the last checkpoint on resume. */
  start(tensors: TrainingTensors, resume: boolean): Promise<TrainingState>;
  saveLast(state: TrainingState, tensors: TrainingTensors): Promise<void>;
  saveBest(tensors: TrainingTensors): Promise<void>;
  /** Gives the model the weights that the run ends with. */
  loadFinal(state: TrainingState, tensors: TrainingTensors): Promise<void>;
}

interface Saved extends Identity {
  readonly state: TrainingState;
}

/** The metadata entry that holds {@link Saved} as JSON. */
const KEY = 'pcam.training';

/**
 * `last` holds `model/…`, `ema/…` and `optimizer/…` tensors and the state in its header: one
 * file, so that it is of one moment. `best` is a model as `@pcam/models` saves it.
 */
export function createCheckpoints(input: {
  readonly model: Model;
  readonly data: Loader;
  readonly valid: Loader | undefined;
  readonly config: ResolvedFitConfig;
  readonly lossTerms: readonly LossTerm[];
  readonly store: CheckpointStore;
}): Checkpoints {
  const { model, data, valid, config, lossTerms, store } = input;
  let known: Identity | undefined;
  const identify = async (): Promise<Identity> => {
    known ??= {
      model: model.config,
      config,
      lossTerms: describeTerms(lossTerms),
      data: await describeData(data),
      valid: valid ? await describeDataset(valid.dataset) : null,
    };
    return known;
  };

  return {
    async start(tensors, resume) {
      const bytes = await store.read(LAST);
      if (!bytes) return initialState();
      if (!resume) {
        throw new Error(
          `fit: the store holds a run already (${LAST}); give resume: true to go on with it, or another store`,
        );
      }
      const { file, saved } = decodeLast(bytes);
      checkIdentity(saved, await identify(), saved.state);
      writeWeights(model, group(file, 'model'));
      tensors.optimizer = replace(tensors.optimizer, group(file, 'optimizer'));
      if (tensors.ema) tensors.ema = replace(tensors.ema, group(file, 'ema'));
      return saved.state;
    },
    async saveLast(state, { optimizer, ema = {} }) {
      const groups = { model: Object.fromEntries(model.variables), optimizer, ema };
      const all = Object.entries(groups).flatMap(([name, tensors]) =>
        Object.entries(tensors).map(([key, value]) => [`${name}/${key}`, value as Tensor] as const),
      );
      const values = all.map(async ([name, value]): Promise<[string, NamedTensor]> => {
        return [name, { shape: value.shape, values: (await value.data()) as Float32Array }];
      });
      const saved: Saved = { ...(await identify()), state };
      await store.write(
        LAST,
        encodeSafetensors(new Map(await Promise.all(values)), { [KEY]: JSON.stringify(saved) }),
      );
    },
    async saveBest({ ema }) {
      await store.write(BEST, await withWeights(model, ema, () => encodeModel(model)));
    },
    async loadFinal(state, { ema }) {
      if (!state.best) return assignWeights(model, ema ?? {});
      const bytes = await store.read(BEST);
      if (!bytes) throw new Error(`fit: ${BEST} is missing: the run's best weights are lost`);
      writeWeights(model, decodeSafetensors(bytes).tensors);
    },
  };
}

/**
 * The model in a checkpoint of either kind, best or last; from a last one, the weights that
 * would be evaluated (averaged, where the run averages).
 *
 * @throws Error in one line for bytes that are no checkpoint.
 */
export function modelFromCheckpoint(bytes: Uint8Array): Model {
  if (!(KEY in decodeSafetensors(bytes).metadata)) return decodeModel(bytes);
  const { file, saved } = decodeLast(bytes);
  const averaged = group(file, 'ema');
  const model = createModel(saved.model);
  writeWeights(model, averaged.size > 0 ? averaged : group(file, 'model'));
  return model;
}

/** Of patches, in pixels. */
export interface PatchSize {
  readonly height: number;
  readonly width: number;
}

/**
 * What a last checkpoint says of its run, as far as it does: other bytes, or those of an older version, say less.
 *
 * @returns `epochs`: how many are done; `patchSize` of the training patches.
 */
export function describeCheckpoint(bytes: Uint8Array): { epochs?: number; patchSize?: PatchSize } {
  try {
    const { state, data } = decodeLast(bytes).saved as Partial<Saved>;
    const { height, width } = (data ?? {}) as Partial<PatchSize>;
    return {
      ...(state && { epochs: state.epoch }),
      ...(Number.isInteger(height) &&
        Number.isInteger(width) && { patchSize: { height, width } as PatchSize }),
    };
  } catch {
    return {};
  }
}

function decodeLast(bytes: Uint8Array): { file: SafetensorsContent; saved: Saved } {
  try {
    const file = decodeSafetensors(bytes);
    const text = file.metadata[KEY];
    if (text === undefined) throw new Error(`its metadata lacks '${KEY}'`);
    const saved = JSON.parse(text) as Saved;
    return { file, saved: saved.model ? { ...saved, model: upgradeModelConfig(saved.model) } : saved };
  } catch (error) {
    throw new Error(`fit: ${LAST} cannot be resumed from: ${(error as Error).message}`, { cause: error });
  }
}

function group(file: SafetensorsContent, name: string): Map<string, NamedTensor> {
  const prefix = `${name}/`;
  const members = [...file.tensors].filter(([key]) => key.startsWith(prefix));
  return new Map(members.map(([key, value]) => [key.slice(prefix.length), value]));
}

function replace(old: NamedTensorMap, stored: ReadonlyMap<string, NamedTensor>): NamedTensorMap {
  const next: NamedTensorMap = {};
  for (const [name, { shape }] of Object.entries(old)) {
    const found = stored.get(name);
    if (String(found?.shape) !== String(shape)) {
      throw new Error(`fit: ${LAST} has no tensor '${name}' of shape [${shape}]; it cannot be resumed from`);
    }
    next[name] = tensor(found!.values, [...shape], 'float32');
  }
  disposeAll(old);
  return next;
}
