import type { AnyModelConfig } from '@pcam/models';
import type { Dataset, Loader } from '@pcam/pcam-data';
import { type ResolvedFitConfig, resolveFitConfig } from './config.js';
import { differences } from './differences.js';
import type { LossTerm } from './gradients.js';
import type { TrainingState } from './state.js';
import { LAST } from './store.js';

/** What a checkpoint must agree with before a run goes on from it. */
export interface Identity {
  readonly model: AnyModelConfig;
  readonly config: ResolvedFitConfig;
  readonly data: Description;
  /** By place, from `0`; older checkpoints do not know them. */
  readonly lossTerms?: Readonly<Record<string, unknown>>;
  /** Of the validation split, `null` without one; older checkpoints do not know it. */
  readonly valid?: Description | null;
}

/** Of a function nothing can be compared but that there is one. */
export function describeTerms(terms: readonly LossTerm[]): NonNullable<Identity['lossTerms']> {
  return Object.fromEntries(terms.map((term, i) => [i, term.config ?? 'a function']));
}

type Description = Readonly<Record<string, string | number>>;

/** Patches that are looked at to know a data set again. */
const LOOKED_AT = 8;

/**
 * What the training data are: their sizes, all labels, and some patches (and their masks) pixel by pixel; with the
 * order in which the loader gives them. `name` is for people: data that have moved are still the same.
 */
export async function describeData(data: Loader): Promise<Description> {
  const { dataset, batchSize, batchesPerEpoch } = data;
  return {
    ...(await describeDataset(dataset)),
    ...{ batchSize, batchesPerEpoch },
    ...('seed' in data && typeof data.seed === 'number' && { seed: data.seed }),
  };
}

/** The same of a split that is only looked at, in whatever batches. */
export async function describeDataset(dataset: Dataset): Promise<Description> {
  const { name, length, height, width, labels } = dataset;
  return { name, length, height, width, labels: fingerprint(labels), ...(await somePatches(dataset)) };
}

/**
 * A run may go on with another number of epochs, not below those that it has done.
 *
 * @throws Error naming each setting that differs.
 */
export function checkIdentity(saved: Identity, wanted: Identity, done: TrainingState): void {
  // Of two families every option differs.
  const sameFamily = saved.model.name === wanted.model.name;
  refuse(
    'another model',
    differences(saved.model, wanted.model, (path) => sameFamily || path === 'name'),
  );
  // What an older version knew nothing of was as it is by default.
  const config = { ...resolveFitConfig({ epochs: saved.config.epochs }), ...saved.config };
  const lengthened = config.epochs !== wanted.config.epochs;
  // A warm-up of so many epochs is another share of more of them.
  const free = lengthened ? ['epochs', 'schedule.warmup'] : [];
  refuse(
    'other settings',
    differences(config, wanted.config, (path) => !free.includes(path)),
  );
  if (saved.lossTerms) {
    const { lossTerms } = wanted;
    refuse('other loss terms', differences({ lossTerms: saved.lossTerms }, { lossTerms }));
  }
  const least = done.epoch + (done.batch > 0 ? 1 : 0);
  if (wanted.config.epochs < least) {
    throw new Error(
      `fit: epochs is ${wanted.config.epochs}, but ${LAST} is in epoch ${least} already; give ${least} or more`,
    );
  }
  // Of older checkpoints, labels and patches are not known.
  refuse('other training data', dataDifferences(saved.data, wanted.data));
  const { valid } = saved;
  if (!valid) return;
  // Scores of two splits cannot be compared: the best of one would hide, or be hidden by, those of the other.
  if (!wanted.valid) {
    throw new Error(
      `fit: ${LAST} is of a run with a validation split; resume with it (valid), or start a new run`,
    );
  }
  refuse('other validation data', dataDifferences(valid, wanted.valid));
}

/** What a description holds a fingerprint of, which tells a reader nothing. */
const CONTENTS = ['labels', 'patches', 'masks'];

function dataDifferences(saved: Description, wanted: Description): string[] {
  const sizes = differences(saved, wanted, (path) => !CONTENTS.includes(path) && counts(path, saved, wanted));
  // Of other sizes, the contents differ anyway.
  if (sizes.length > 0) return sizes;
  return CONTENTS.filter((key) => counts(key, saved, wanted) && saved[key] !== wanted[key]).map(
    (key) => `its ${key} differ`,
  );
}

/** Masks need not be there where nobody asks for them. */
function counts(path: string, saved: Description, wanted: Description): boolean {
  return path !== 'name' && path in saved && (path !== 'masks' || path in wanted);
}

function refuse(what: string, changes: readonly string[]): void {
  if (changes.length === 0) return;
  throw new Error(
    `fit: ${LAST} is of ${what} (${changes.join('; ')}); resume with what it was started with, or start a new run`,
  );
}

async function somePatches(dataset: Dataset): Promise<Description> {
  const { length } = dataset;
  const count = Math.min(LOOKED_AT, length);
  const index = Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
  const { images, masks } = await dataset.read(index);
  return { patches: fingerprint(images), ...(masks && { masks: fingerprint(masks) }) };
}

/** FNV-1a, 32 bits: tells data apart that were mixed up, not those that someone forged. */
function fingerprint(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
