import { checkKeys } from '@pcam/options';
import { engine, keep, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Layer, Tap } from '../explainable.js';
import { requireImages } from '../require.js';
import { requireModel } from '../require-model.js';
import { type Target, targetSum } from '../target.js';
import { unknownLayer } from '../unknown-layer.js';

/** A model's forward pass, in whatever mode it is trained: images `[B, H, W, C]` to logits. */
export type Forward = (images: Tensor4D, options: { readonly tap: Tap }) => Tensor;

export interface RecordPassOptions {
  /** What attributions explain; needed where the model has more than one logit. */
  readonly target?: Target;
  /** The model's layers, for attributions at one; without it, layers are taken as they come. */
  readonly layers?: readonly Layer[];
}

/**
 * One forward pass on the tape of the gradients under way. Attributions are derived from it by walking
 * the tape back, so a loss on them costs no second forward pass.
 */
export interface RecordedPass {
  readonly images: Tensor4D;
  /** The logits, `[B]` or `[B, classes]`. */
  readonly output: Tensor;
  readonly layers: readonly Layer[];
  readonly target: Target | undefined;
  /** @throws Error for a layer that was not tapped; the message lists those that were. */
  activation(layer: string): Tensor;
  /**
   * ∂(Σ target)/∂x for the images or an activation of this pass, shaped as it and on the tape again. Images are
   * independent outside batch norm, so each finds the slopes of its own logit.
   */
  gradient(of: Tensor): Tensor;
  /** Frees what was kept; to be called once the gradients are there. */
  dispose(): void;
}

/**
 * Runs the model and keeps what attributions need: to be called inside the function given to `variableGrads`,
 * `grads` or `optimizer.minimize`.
 *
 * @throws Error outside of one, since nothing is on a tape there.
 */
export function recordPass(
  forward: Forward,
  images: Tensor4D,
  options: RecordPassOptions = {},
): RecordedPass {
  checkKeys<RecordPassOptions>('recordPass', options, { target: true, layers: true });
  const { target, layers } = options;
  if (typeof forward !== 'function') {
    requireModel(forward);
    throw new Error('recordPass takes a function: pass model.forward, and model.layers among the options.');
  }
  requireImages(images);
  requireTape();
  const seen = new Map<string, Tensor>();
  const slopes = new Map<Tensor, Tensor>();
  const dispose = (): void => {
    for (const kept of [...seen.values(), ...slopes.values()]) kept.dispose();
    seen.clear();
    slopes.clear();
  };
  const tap: Tap = (name, activation) => {
    if (seen.has(name)) throw new Error(`Layer '${name}' was tapped twice in one forward pass.`);
    // tfjs would free an activation at the end of the model's own tidy; a copy, since it may be the caller's image.
    const kept = keep(activation.clone());
    seen.set(name, kept);
    return kept;
  };
  const output = orElse(() => forward(images, { tap }), dispose);
  return {
    images,
    output,
    target,
    layers: layers ?? [...seen].map(([name, value]) => describe(name, value)),
    activation(layer) {
      const found = seen.get(layer);
      if (found) return found;
      throw new Error(unknownLayer(layer, layers?.map(({ name }) => name) ?? [], seen.keys()));
    },
    gradient(of) {
      requireTape();
      const known = slopes.get(of);
      if (known) return known;
      const { grads } = engine().gradients(() => targetSum(output, target), [of], undefined, true);
      if (!grads[0]) throw new Error('The target does not depend on what its slopes are sought for.');
      const found = keep(grads[0]);
      slopes.set(of, found);
      return found;
    },
    dispose,
  };
}

function requireTape(): void {
  if (engine().state.gradientDepth > 0) return;
  throw new Error(
    'recordPass and what follows from it belong inside variableGrads, grads or optimizer.minimize: attributions are differentiated on their tape.',
  );
}

function orElse<T>(run: () => T, undo: () => void): T {
  try {
    return run();
  } catch (error) {
    undo();
    throw error;
  }
}

/** A tapped activation of which nothing else is known. */
export function describe(name: string, { rank }: Tensor): Layer {
  return rank === 3 ? { name, kind: 'tokens' } : { name, kind: 'map' };
}
