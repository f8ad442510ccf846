import { checkKeys } from '@pcam/options';
import {
  add,
  clone,
  customGrad,
  grad,
  keep,
  type Scalar,
  scalar,
  type Tensor,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Explainable, Layer, Tap } from './explainable.js';
import { requireGradients, requireImages } from './require.js';
import { requireModel } from './require-model.js';
import { type Target, targetSum } from './target.js';
import { unknownLayer } from './unknown-layer.js';

export interface ActivationGradientOptions {
  /** A tapped layer. Default: the last of `model.layers`. */
  readonly layer?: string;
  readonly target?: Target;
}

export interface ActivationGradient {
  readonly layer: Layer;
  /** A, `[B, h, w, C]` or `[B, T, D]`. */
  readonly activation: Tensor;
  /** ∂y/∂A of each image's own target y, shaped as the activation. */
  readonly gradient: Tensor;
}

/**
 * A layer's activation and the gradient of the target with respect to it, by one
 * forward pass and one backward pass from the output down to the layer.
 *
 * The tap adds a zero to the activation and differentiates with respect to that zero:
 * whatever lies before the layer is then no part of the gradient's way. What arrives
 * at the activation on its way to the zero is the gradient sought. All of it is on
 * the tape, so the result can be differentiated again as far as the model's ops can.
 *
 * @throws Error for an unknown option, where the layer is unknown (the message lists the layers), the target
 *   does not depend on it, or no gradients are registered with tfjs.
 */
export function activationAndGradient(
  model: Explainable,
  images: Tensor4D,
  options: ActivationGradientOptions = {},
): ActivationGradient {
  checkKeys<ActivationGradientOptions>('activationAndGradient', options, { layer: true, target: true });
  const { layer: wanted, target } = options;
  requireModel(model);
  requireName(wanted);
  requireImages(images);
  requireGradients();
  const name = wanted ?? model.layers?.at(-1)?.name;
  const declared = model.layers?.find((layer) => layer.name === name);
  const seen = new Set<string>();
  const mapped = new Set<string>();
  let described: Layer | undefined;
  let activation: Tensor | undefined;
  let gradient: Tensor | undefined;
  let failure: unknown;

  const tap: Tap = (layer, value) => {
    seen.add(layer);
    if (value.rank === 3 || value.rank === 4) mapped.add(layer);
    if (layer !== name) return value;
    if (activation) throw new Error(`Layer '${layer}' was tapped twice in one forward pass.`);
    activation = keep(clone(value));
    return identity(add(value, zero), (upstream) => {
      // Differentiating the result again comes by here once more, and then only passes through.
      gradient ??= keep(clone(upstream));
    });
  };
  let zero: Scalar;
  // tfjs keeps what it saved for the backward pass where the forward pass throws, so that waits.
  const targetPlusZero = (variable: Scalar): Scalar => {
    zero = variable;
    try {
      const output = model.forward(images, { tap });
      if (!activation)
        throw new Error(unknownLayer(name, model.layers?.map((layer) => layer.name) ?? [], seen, mapped));
      described = declared ?? describe(name!, activation);
      return add(targetSum(output, target), zero);
    } catch (error) {
      failure = error;
      return clone(zero);
    }
  };
  try {
    const results = tidy(() => {
      grad(targetPlusZero as (variable: Tensor) => Scalar)(scalar(0));
      return failure || !gradient ? [] : [clone(activation!), clone(gradient)];
    });
    if (failure) throw failure;
    if (!gradient) {
      throw new Error(
        `The target does not depend on layer '${name}': choose another layer or target, and let the forward pass go on with what tap returns.`,
      );
    }
    return { layer: described!, activation: results[0]!, gradient: results[1]! };
  } finally {
    activation?.dispose();
    gradient?.dispose();
  }
}

function requireName(layer: unknown): void {
  if (layer === undefined || typeof layer === 'string') return;
  const { name } = Object(layer) as { name?: unknown };
  const hint = typeof name === 'string' ? `; did you mean '${name}'?` : '';
  throw new Error(`layer must be a layer's name, got ${typeof layer}${hint}`);
}

/** Passes a value through, and shows `watch` the gradient that comes back. */
function identity(value: Tensor, watch: (upstream: Tensor) => void): Tensor {
  return customGrad((input) => ({
    value: clone(input as Tensor),
    gradFunc: (upstream: Tensor) => {
      watch(upstream);
      return clone(upstream);
    },
  }))(value);
}

function describe(name: string, activation: Tensor): Layer {
  if (activation.rank === 4) return { name, kind: 'map' };
  if (activation.rank === 3) return { name, kind: 'tokens' };
  throw new Error(
    `Layer '${name}' is shaped [${activation.shape}]; expected a map [B, h, w, C] or tokens [B, T, D].`,
  );
}
