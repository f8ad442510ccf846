import {
  add,
  div,
  maximum,
  mean,
  mul,
  relu,
  scalar,
  softplus,
  sqrt,
  square,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { stopGradient } from './stop-gradient.js';

/**
 * What attributions are multiplied by before the penalty. softplus(a) is nearly log 2 + a/2 where a is tiny, so the
 * scale decides what a penalty does:
 * - a number: an inverse temperature. 1 leaves attributions in the unit of logits (see `attributionOf`);
 * - `'rms'`: one over their root mean square in this batch, which the gradient takes for a constant. A penalty
 *   then is of the same strength however steep the network is.
 */
export type Scale = number | 'rms';

export function scaled(attribution: Tensor, scale: Scale): Tensor {
  if (typeof scale === 'number') return scale === 1 ? attribution : mul(attribution, scale);
  return div(attribution, maximum(stopGradient(sqrt(mean(square(attribution)))), 1e-12));
}

/** What a constraint can cost; {@link Penalty} tells how. */
export const penaltyNames = ['softplus', 'squared', 'hinge'] as const;

/**
 * What a place costs, by its scaled attribution a and target t (0 healthy, 1 lesion):
 * - `softplus`: log(1 + exp(a)) on healthy places, log(1 + exp(−a)) on lesions: binary cross-entropy with a as the
 *   logit (Wargnier-Dauchelle et al. 2023). Healthy places are driven to vote for "healthy", not to zero;
 * - `squared`: a² on healthy places, nothing on lesions: "right for the right reasons" (Ross et al. 2017, arXiv
 *   1703.03717, equation 1);
 * - `hinge`: max(0, margin + a) on healthy places, max(0, margin − a) on lesions.
 */
export type Penalty = (typeof penaltyNames)[number];

/** Place by place, shaped as `attribution`. @param target broadcast to it. */
export function penaltyOf(penalty: Penalty, attribution: Tensor, target: Tensor, margin: number): Tensor {
  const sign = sub(1, mul(target, 2));
  switch (penalty) {
    case 'softplus':
      return softplus(mul(attribution, sign));
    case 'squared':
      return mul(square(attribution), sub(1, target));
    case 'hinge':
      return relu(add(mul(attribution, sign), scalar(margin)));
  }
}
