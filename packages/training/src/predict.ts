import type { Model } from '@pcam/models';
import { checkChoice, checkKeys } from '@pcam/options';
import { DIHEDRAL_ORDER, dihedral, disposeBatch, type Loader } from '@pcam/pcam-data';
import { add, div, type Tensor1D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkBatch, checkLogits, checkValues } from './checks/batch.js';
import { checkLoader, checkModel } from './checks/inputs.js';
import { firstNonFinite, NonFiniteLogitsError } from './diagnosis.js';
import { yieldToEvents } from './yield.js';

/** `dihedral`: over the 8 symmetries of the square. */
export type TestTimeAugmentation = 'none' | 'dihedral';

/** Whether the 8 symmetries are asked for. @throws Error for anything else. */
export function turnsImages(where: string, tta: TestTimeAugmentation | boolean = 'none'): boolean {
  if (typeof tta === 'boolean') return tta;
  checkChoice(`${where}: tta`, tta, ['none', 'dihedral']);
  return tta === 'dihedral';
}

/** How a pass over a loader runs. */
export interface PredictOptions {
  /** `'dihedral'`, or true: the mean logit over the 8 symmetries of the square; 'none' by default. */
  readonly tta?: TestTimeAugmentation | boolean;
  /** Called after each batch, with patches. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Once aborted, `predict` throws its reason before the next batch. */
  readonly signal?: AbortSignal;
}

/** In the order of the loader. */
export interface Predictions {
  /** `[n]`. */
  readonly logits: Float32Array;
  /** `[n]`, 0 or 1. */
  readonly labels: Uint8Array;
  /** `[n]`, places in the data set. */
  readonly index: Int32Array;
}

/**
 * One pass over a loader (its epoch 0), in evaluation mode.
 *
 * @throws the signal's reason, once it is aborted.
 * @throws NonFiniteLogitsError where a logit is NaN or infinite: which layer made it so.
 * @throws Error in one line where the model gives anything but one logit a patch, or a batch is none.
 */
export async function predict(
  model: Model,
  loader: Loader,
  options: PredictOptions = {},
): Promise<Predictions> {
  checkKeys<PredictOptions>('predict', options, { tta: true, onProgress: true, signal: true });
  const { onProgress, signal } = options;
  const turns = turnsImages('predict', options.tta);
  checkModel('predict', model, false);
  checkLoader('predict', 'the loader', loader);
  const logits: number[] = [];
  const labels: number[] = [];
  const index: number[] = [];
  const total = Math.min(loader.dataset.length, loader.batchSize * loader.batchesPerEpoch);
  for await (const batch of loader.epoch(0)) {
    try {
      signal?.throwIfAborted();
      checkBatch('predict', batch);
      if (logits.length === 0) await checkValues('predict', batch);
      const output = tidy(() => (turns ? overSymmetries(model, batch.images) : forward(model, batch.images)));
      const values = await output.data();
      const broken = [...batch.index].filter((_, i) => !Number.isFinite(values[i]));
      if (broken.length > 0) {
        output.dispose();
        const first = await firstNonFinite(model, { batches: [batch] });
        throw new NonFiniteLogitsError(loader.dataset.name, first, broken);
      }
      logits.push(...values);
      labels.push(...(await batch.labels.data()));
      index.push(...batch.index);
      output.dispose();
    } finally {
      disposeBatch(batch);
    }
    onProgress?.(logits.length, total);
    await yieldToEvents();
  }
  return {
    logits: Float32Array.from(logits),
    labels: Uint8Array.from(labels),
    index: Int32Array.from(index),
  };
}

function forward(model: Model, images: Tensor4D): Tensor1D {
  const logits = model.forward(images);
  checkLogits('predict', model.config.name, logits, images);
  return logits;
}

function overSymmetries(model: Model, images: Tensor4D): Tensor1D {
  let sum = forward(model, images);
  for (let k = 1; k < DIHEDRAL_ORDER; k++) sum = add(sum, forward(model, dihedral(images, k)));
  return div(sum, DIHEDRAL_ORDER);
}
