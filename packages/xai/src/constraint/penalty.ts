import { add, mul, relu, scalar, softplus, square, sub, type Tensor } from '@tensorflow/tfjs-core';

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
