import { engine, keep, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { describeLayers } from '../adapters/describe-layers.js';
import { requireModel } from '../adapters/require-model.js';
import { checkOptions } from '../check-options.js';
import { XaiError } from '../errors.js';
import type { Layer, Tap } from '../explainable.js';
import { readsAtOnce, requireImages } from '../require.js';
import { type Target, targetSum } from '../target.js';
import { isZero } from './activation-gradient.js';
import { describeActivation, lastThatTells, requireLayerName, unknownLayer } from './layers.js';

/** A model's forward pass, in whatever mode it is trained: images `[B, H, W, C]` to logits. */
export type Forward = (images: Tensor4D, options: { readonly tap: Tap }) => Tensor;

/** Of {@link recordPass}. */
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
  /**
   * What is known of a layer; without a name, of the last one that says where, as in `gradCam`.
   * @throws XaiError `layer` where there is none.
   */
  layer(name?: string): Layer;
  /** @throws XaiError `layer` for a layer that was not tapped; the message lists those that were. */
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
 * @throws XaiError `no-gradient` outside of one, since nothing is on a tape there.
 */
export function recordPass(
  forward: Forward,
  images: Tensor4D,
  options: RecordPassOptions = {},
): RecordedPass {
  checkOptions<RecordPassOptions>('recordPass', options, { target: true, layers: true });
  const { target } = options;
  const layers = options.layers == null ? undefined : describeLayers('recordPass', options.layers);
  if (typeof forward !== 'function') {
    requireModel(forward);
    throw new XaiError(
      'model',
      'recordPass takes a function: pass model.forward, and model.layers among the options.',
    );
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
    if (seen.has(name)) throw new XaiError('model', `Layer '${name}' was tapped twice in one forward pass.`);
    // tfjs would free an activation at the end of the model's own tidy; a copy, since it may be the caller's image.
    const kept = keep(activation.clone());
    seen.set(name, kept);
    return kept;
  };
  const output = orElse(() => forward(images, { tap }), dispose);
  // Without descriptions, what was tapped that tells of places.
  const telling = (): Layer[] =>
    [...seen]
      .filter(([, { rank }]) => rank === 3 || rank === 4)
      .map(([name, value]) => describeActivation(name, value));
  const pass: RecordedPass = {
    images,
    output,
    target,
    layers: layers ?? telling(),
    layer(wanted) {
      requireLayerName(wanted);
      const { layers: known } = pass;
      if (wanted === undefined) {
        const isSilent = (layer: Layer): boolean => {
          const activation = pass.activation(layer.name);
          return isZero({ layer, activation, gradient: pass.gradient(activation) }, images);
        };
        const last = lastThatTells(known, readsAtOnce() ? isSilent : undefined);
        if (last) return last;
        throw unknownLayer(undefined, [], seen.keys(), []);
      }
      return known.find(({ name }) => name === wanted) ?? describeActivation(wanted, pass.activation(wanted));
    },
    activation(layer) {
      const found = seen.get(layer);
      if (found) return found;
      throw unknownLayer(layer, layers?.map(({ name }) => name) ?? [], seen.keys());
    },
    gradient(of) {
      requireTape();
      const known = slopes.get(of);
      if (known) return known;
      const { grads } = engine().gradients(() => targetSum(output, target), [of], undefined, true);
      if (!grads[0])
        throw new XaiError('target', 'The target does not depend on what its slopes are sought for.');
      const found = keep(grads[0]);
      slopes.set(of, found);
      return found;
    },
    dispose,
  };
  return pass;
}

function requireTape(): void {
  if (engine().state.gradientDepth > 0) return;
  throw new XaiError(
    'no-gradient',
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
