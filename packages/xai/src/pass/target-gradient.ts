import {
  add,
  clone,
  customGrad,
  grad,
  mul,
  type Scalar,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { requireModel } from '../adapters/require-model.js';
import { XaiError } from '../errors.js';
import type { Explainable } from '../explainable.js';
import { requireGradients, requireImages } from '../require.js';
import { type Target, targetSum } from '../target.js';

/**
 * ∂y/∂x of each image's own target y: what every gradient method is made of. On the tape, so it
 * can be differentiated again as far as the model's ops can.
 *
 * @param images `[B, H, W, C]`. @returns `[B, H, W, C]`.
 * @throws XaiError where the target is none of the model's, does not depend on the images, or no
 *   gradients are registered with tfjs.
 */
export function targetGradient(model: Explainable, images: Tensor4D, target?: Target): Tensor4D {
  requireModel(model);
  requireImages(images);
  requireGradients();
  let failure: unknown;
  let reached = false;
  const targetOf = (input: Tensor): Scalar => {
    const watched = watch(input, () => {
      reached = true;
    });
    return targetSum(model.forward(watched as Tensor4D), target);
  };
  return tidy(() => {
    // tfjs keeps what it saved for the backward pass where the way to the target is cut or throws: so both wait.
    const gradient = grad((input: Tensor): Scalar => {
      const nothing = mul<Scalar>(sum(clone(input)), 0);
      try {
        return add(targetOf(input), nothing);
      } catch (error) {
        failure = error;
        return nothing;
      }
    })(images);
    if (failure) throw failure;
    if (!reached)
      throw new XaiError('target', 'The target does not depend on the images: choose another target.');
    return gradient as Tensor4D;
  });
}

/** Passes a value through, and says when a gradient comes back. */
function watch(value: Tensor, onGradient: () => void): Tensor {
  return customGrad((input) => ({
    value: clone(input as Tensor),
    gradFunc: (upstream: Tensor) => {
      onGradient();
      return clone(upstream);
    },
  }))(value);
}
