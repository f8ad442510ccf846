import { hasKernel, runKernel } from '@pcam/tfjs-gradients';
import {
  addN,
  type NamedTensorMap,
  type Scalar,
  scalar,
  square,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

/**
 * Σ over all gradients of Σ g², a scalar tensor. Each gradient is summed along its last
 * axis first: float32 sums of some hundred terms lose no digits that matter, one sum of
 * millions does.
 */
export function squaredNorm(gradients: NamedTensorMap): Scalar {
  return tidy(() => {
    const norm = hasKernel('SquaredNorm') ? (x: Tensor) => runKernel('SquaredNorm', { x }) : composed;
    const parts = Object.values(gradients).map(norm);
    return (parts.length > 0 ? addN(parts) : scalar(0)) as Scalar;
  });
}

function composed(x: Tensor): Tensor {
  return x.rank > 1 ? sum(sum(square(x), -1)) : sum(square(x));
}

/**
 * Clipping by global norm (Pascanu et al., ICML 2013): the factor that brings gradients of
 * this norm down to `limit`, 1 where they are within it. PyTorch's `clip_grad_norm_`.
 */
export function clipScale(norm: number, limit: number | undefined): number {
  return limit === undefined || norm <= limit ? 1 : limit / (norm + 1e-6);
}
