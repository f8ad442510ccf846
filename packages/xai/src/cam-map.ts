import { mean, mul, sum, type Tensor3D } from '@tensorflow/tfjs-core';
import type { ActivationGradient } from './activation-gradient.js';
import { toGrid } from './grid.js';

/**
 * Grad-CAM on the layer's grid, `[B, h, w]`, signed (Selvaraju et al. 2017, arXiv 1610.02391): the channel weights
 * α_k = mean over places of ∂y/∂A_k (equation 1), and the map Σ_k α_k A_k (equation 2).
 *
 * @param size height and width of the input image, in pixels.
 */
export function camMap(
  { layer, activation, gradient }: ActivationGradient,
  size: readonly [height: number, width: number],
): Tensor3D {
  const alpha = mean(toGrid(gradient, layer, size), [1, 2], true);
  return sum(mul(alpha, toGrid(activation, layer, size)), -1);
}
