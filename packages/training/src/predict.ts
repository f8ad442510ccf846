import type { Model } from '@pcam/models';
import { DIHEDRAL_ORDER, dihedral, disposeBatch, type Loader } from '@pcam/pcam-data';
import { add, div, type Tensor1D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { yieldToEvents } from './yield.js';

export type TestTimeAugmentation = 'none' | 'dihedral';

export interface PredictOptions {
  /** `'dihedral'`: the mean logit over the 8 symmetries of the square; 'none' by default. */
  readonly tta?: TestTimeAugmentation;
  readonly onProgress?: (done: number, total: number) => void;
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
 */
export async function predict(
  model: Model,
  loader: Loader,
  options: PredictOptions = {},
): Promise<Predictions> {
  const { tta = 'none', onProgress, signal } = options;
  const logits: number[] = [];
  const labels: number[] = [];
  const index: number[] = [];
  const total = Math.min(loader.dataset.length, loader.batchSize * loader.batchesPerEpoch);
  for await (const batch of loader.epoch(0)) {
    try {
      signal?.throwIfAborted();
      const output = tidy(() =>
        tta === 'none' ? model.forward(batch.images) : overSymmetries(model, batch.images),
      );
      logits.push(...(await output.data()));
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

function overSymmetries(model: Model, images: Tensor4D): Tensor1D {
  let sum = model.forward(images);
  for (let k = 1; k < DIHEDRAL_ORDER; k++) sum = add(sum, model.forward(dihedral(images, k)));
  return div(sum, DIHEDRAL_ORDER);
}
