import {
  abs,
  add,
  clone,
  customGrad,
  grad,
  keep,
  type Scalar,
  scalar,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { requireModel } from '../adapters/require-model.js';
import { checkOptions } from '../check-options.js';
import { XaiError } from '../errors.js';
import type { Explainable, Layer, Tap } from '../explainable.js';
import { readsAtOnce, requireGradients, requireImages } from '../require.js';
import { type Target, targetSum } from '../target.js';
import { toGrid } from './grid.js';
import { describeActivation, lastThatTells, requireLayerName, unknownLayer } from './layers.js';

/** Of {@link activationAndGradient}. */
export interface ActivationGradientOptions {
  /** A tapped layer. Default: the last of `model.layers` that says where, as in `gradCam`. */
  readonly layer?: string | undefined;
  readonly target?: Target | undefined;
}

/** What CAM methods build on. */
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
 * @throws XaiError for an unknown option, where the layer is unknown (the message lists the layers), the target
 *   does not depend on it, or no gradients are registered with tfjs.
 */
export function activationAndGradient(
  model: Explainable,
  images: Tensor4D,
  options: ActivationGradientOptions = {},
): ActivationGradient {
  const known = { layer: true, target: true } as const;
  checkOptions<ActivationGradientOptions>('activationAndGradient', options, known);
  requireModel(model);
  requireLayerName(options.layer);
  requireImages(images);
  requireGradients();
  return slopesOf(model, images, options);
}

/** At the layer asked for, or at the default one, from arguments that were checked. */
export function slopesOf(
  model: Explainable,
  images: Tensor4D,
  { layer: wanted, target }: ActivationGradientOptions,
): ActivationGradient {
  if (wanted !== undefined || !model.layers?.length) return slopesAt(model, images, wanted, target);
  let found: ActivationGradient | undefined;
  const isSilent = ({ name }: Layer): boolean => {
    found = slopesAt(model, images, name, target);
    if (!isZero(found, images)) return false;
    found.activation.dispose();
    found.gradient.dispose();
    found = undefined;
    return true;
  };
  const layer = lastThatTells(model.layers, readsAtOnce() ? isSilent : undefined);
  return found ?? slopesAt(model, images, layer!.name, target);
}

/** Whether a layer's gradient is zero at all places. */
export function isZero({ layer, gradient }: ActivationGradient, images: Tensor4D): boolean {
  const size = [images.shape[1], images.shape[2]] as const;
  const total = tidy(() => sum(abs(toGrid(gradient, layer, size))));
  const zero = total.dataSync()[0] === 0;
  total.dispose();
  return zero;
}

/**
 * The tap adds a zero to the activation and differentiates with respect to that zero:
 * whatever lies before the layer is then no part of the gradient's way. What arrives
 * at the activation on its way to the zero is the gradient sought. All of it is on
 * the tape, so the result can be differentiated again as far as the model's ops can.
 */
function slopesAt(
  model: Explainable,
  images: Tensor4D,
  name: string | undefined,
  target: Target | undefined,
): ActivationGradient {
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
    if (activation) throw new XaiError('model', `Layer '${layer}' was tapped twice in one forward pass.`);
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
      if (!activation) throw unknownLayer(name, model.layers?.map((layer) => layer.name) ?? [], seen, mapped);
      described = declared ?? describeActivation(name!, activation);
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
      throw new XaiError(
        'target',
        `The target does not depend on layer '${name}': choose another layer or target, and let the forward pass go on with what tap returns.`,
      );
    }
    return { layer: described!, activation: results[0]!, gradient: results[1]! };
  } finally {
    activation?.dispose();
    gradient?.dispose();
  }
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
