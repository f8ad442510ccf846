import type { Model, ModelConfig } from '@pcam/models';
import type { Loader } from '@pcam/pcam-data';
import { type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { ResolvedFitConfig } from './config.js';
import { initialState, type TrainingState, type TrainingTensors } from './state.js';
import { BEST, type CheckpointStore, LAST } from './store.js';
import { decodeTensors, encodeTensors, type TensorFile } from './tensor-file.js';
import { assignWeights, disposeAll } from './weights.js';

export interface Checkpoints {
  /** The state to begin with; fills the model and `tensors` from the last checkpoint on resume. */
  start(tensors: TrainingTensors, resume: boolean): Promise<TrainingState>;
  saveLast(state: TrainingState, tensors: TrainingTensors): Promise<void>;
  saveBest(tensors: TrainingTensors): Promise<void>;
  /** Gives the model the weights that the run ends with. */
  loadFinal(state: TrainingState, tensors: TrainingTensors): Promise<void>;
}

/** What a checkpoint must agree with before a run goes on from it. */
interface Identity {
  readonly model: ModelConfig;
  readonly config: ResolvedFitConfig;
  readonly data: Readonly<Record<string, string | number>>;
}

interface Saved extends Identity {
  readonly state: TrainingState;
}

const KEY = 'pcam-training';

export function createCheckpoints(input: {
  readonly model: Model;
  readonly data: Loader;
  readonly config: ResolvedFitConfig;
  readonly store: CheckpointStore;
}): Checkpoints {
  const { model, data, config, store } = input;
  const identity: Identity = { model: model.config, config, data: describe(data) };
  const weightsOf = ({ ema }: TrainingTensors): NamedTensorMap => ema ?? Object.fromEntries(model.variables);

  return {
    async start(tensors, resume) {
      const bytes = resume ? await store.read(LAST) : undefined;
      if (!bytes) return initialState();
      const file = decodeTensors(bytes);
      const saved = JSON.parse(file.metadata[KEY] ?? 'null') as Saved | null;
      if (!saved) throw new Error(`fit: ${LAST} holds no training state; it cannot be resumed`);
      checkIdentity(saved, identity);
      const weights = take(file, 'model', Object.fromEntries(model.variables));
      assignWeights(model, weights);
      disposeAll(weights);
      tensors.optimizer = replace(file, 'optimizer', tensors.optimizer);
      if (tensors.ema) tensors.ema = replace(file, 'ema', tensors.ema);
      return saved.state;
    },
    async saveLast(state, tensors) {
      const groups = { model: Object.fromEntries(model.variables), ...tensors };
      const all: NamedTensorMap = {};
      for (const [group, members] of Object.entries(groups)) {
        for (const [name, value] of Object.entries(members ?? {})) all[`${group}/${name}`] = value as Tensor;
      }
      const saved: Saved = { ...identity, state };
      await store.write(LAST, await encode(all, { [KEY]: JSON.stringify(saved) }));
    },
    async saveBest(tensors) {
      await store.write(BEST, await encode(weightsOf(tensors), {}));
    },
    async loadFinal(state, tensors) {
      if (!state.best) return assignWeights(model, tensors.ema ?? {});
      const bytes = await store.read(BEST);
      if (!bytes) throw new Error(`fit: ${BEST} is missing; the run's best weights are lost`);
      const weights = fill(decodeTensors(bytes).tensors, '', Object.fromEntries(model.variables), BEST);
      assignWeights(model, weights);
      disposeAll(weights);
    },
  };
}

async function encode(tensors: NamedTensorMap, metadata: Record<string, string>): Promise<Uint8Array> {
  const entries = Object.entries(tensors).map(async ([name, value]) => {
    const data = (await value.data()) as Float32Array;
    return [name, { shape: value.shape, data }] as const;
  });
  return encodeTensors({ tensors: Object.fromEntries(await Promise.all(entries)), metadata });
}

function describe(data: Loader): Identity['data'] {
  const { dataset, batchSize, batchesPerEpoch } = data;
  const { name, length, height, width } = dataset;
  const place = { name, length, height, width, batchSize, batchesPerEpoch };
  return 'seed' in data && typeof data.seed === 'number' ? { ...place, seed: data.seed } : place;
}

function replace(file: TensorFile, group: string, old: NamedTensorMap): NamedTensorMap {
  const next = take(file, group, old);
  disposeAll(old);
  return next;
}

function take(file: TensorFile, group: string, like: NamedTensorMap): NamedTensorMap {
  return fill(file.tensors, `${group}/`, like, LAST);
}

function fill(
  stored: TensorFile['tensors'],
  prefix: string,
  like: NamedTensorMap,
  where: string,
): NamedTensorMap {
  const out: NamedTensorMap = {};
  for (const [name, { shape }] of Object.entries(like)) {
    const found = stored[prefix + name];
    if (!found || String(found.shape) !== String(shape)) {
      disposeAll(out);
      throw new Error(
        `fit: ${where} has ${found ? `shape [${found.shape}]` : 'no tensor'} for '${prefix}${name}' where [${shape}] is needed; it belongs to another model`,
      );
    }
    out[name] = tensor(found.data, [...shape], 'float32');
  }
  return out;
}

/** @throws Error naming each setting that differs. */
function checkIdentity(saved: Identity, wanted: Identity): void {
  const parts = [
    ['model', 'another model'],
    ['config', 'other settings'],
    ['data', 'other training data'],
  ] as const;
  for (const [part, what] of parts) {
    const changes = differences(saved[part], wanted[part]);
    if (changes.length > 0) {
      throw new Error(
        `fit: ${LAST} is of ${what} (${changes.join('; ')}); resume with what it was started with, or start a new run`,
      );
    }
  }
}

/** Lines such as `epochs: 3 there, 5 here`; empty where both are the same JSON. */
export function differences(there: object, here: object): string[] {
  const a = JSON.parse(JSON.stringify(there)) as Record<string, unknown>;
  const b = JSON.parse(JSON.stringify(here)) as Record<string, unknown>;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((key) => canonical(a[key]) !== canonical(b[key]))
    .map((key) => `${key}: ${canonical(a[key])} there, ${canonical(b[key])} here`);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      inner && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
        : inner,
    ) ?? 'nothing'
  );
}
