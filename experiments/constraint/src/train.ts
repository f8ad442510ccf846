import { createModel, createUnet } from '@pcam/models';
import { createLoader } from '@pcam/pcam-data';
import {
  type CheckpointStore,
  defaultRecipe,
  fit,
  fitSegmentation,
  type LossContext,
  type LossTerm,
  recipe,
} from '@pcam/training';
import { type AttributionConstraintOptions, attributionConstraint } from '@pcam/xai';
import type { Splits } from './data.js';
import type { Network } from './maps.js';
import { type Setting, unetOf } from './settings.js';

export interface TrainOptions {
  readonly epochs: number;
  /** Of weights, order, augmentation and composing. */
  readonly seed: number;
  /** Where checkpoints go, and where an unfinished training goes on from. */
  readonly store: CheckpointStore;
  /** Hears of each epoch that is done. */
  readonly onEpoch?: ((epoch: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Seconds between checkpoints, besides the end of each epoch. */
const CHECKPOINT_SECONDS = 60;

/**
 * A network by the recipe of `pcam-train`, but that its last epoch's averaged weights are kept: no mask chooses, and
 * no validation score that knows nothing of place.
 *
 * @param data what the network is told: masks only where the setting asks for them.
 * @throws the signal's reason, once it is aborted; a checkpoint is saved then.
 */
export async function trainClassifier(
  { model: modelOptions, augment, compose, constraint }: Setting,
  { train }: Splits,
  { epochs, seed, store, onEpoch, signal }: TrainOptions,
): Promise<Network> {
  if (modelOptions.name === 'unet') throw new Error('trainClassifier: a U-Net learns from masks');
  const model = createModel({ ...modelOptions, seed });
  const lossTerms = constraint ? [anyConstraint(constraint)] : [];
  const { stopped } = await fit({
    ...recipe(epochs),
    seed,
    model,
    data: createLoader(train, { ...defaultRecipe.loader, seed, augment, compose }),
    lossTerms,
    store,
    resume: true,
    checkpointEvery: { seconds: CHECKPOINT_SECONDS },
    onEpoch: ({ epoch }) => onEpoch?.(epoch),
    ...(signal && { signal }),
  });
  if (stopped === 'aborted') {
    model.dispose();
    throw signal!.reason;
  }
  return { kind: 'classifier', model };
}

/** Without its options, so that a checkpoint of the epochs before it sets in is gone on from by any. */
function anyConstraint(options: AttributionConstraintOptions): LossTerm {
  const constraint = attributionConstraint(options);
  const { isOff, state } = constraint;
  return Object.assign((context: LossContext) => constraint(context), { isOff, state });
}

/**
 * The fully supervised ceiling, which sees the masks of every training patch, and whose epoch is chosen by those of
 * the validation split. It starts anew where it was interrupted.
 */
export async function trainUnet(
  setting: Setting,
  { train, valid }: Splits,
  { epochs, seed, onEpoch }: TrainOptions,
): Promise<Network> {
  const { optimizer, schedule, clipNorm } = recipe(epochs);
  const model = createUnet({ ...unetOf(setting), seed });
  const { augment } = setting;
  await fitSegmentation({
    epochs,
    optimizer: optimizer!,
    schedule: schedule!,
    clipNorm: clipNorm!,
    seed,
    model,
    data: createLoader(train, { ...defaultRecipe.loader, seed, augment }),
    valid: createLoader(valid, { batchSize: defaultRecipe.loader.batchSize }),
    onEpoch: ({ epoch }) => onEpoch?.(epoch),
  });
  return { kind: 'unet', model };
}
