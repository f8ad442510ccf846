import { abs, getBackend, sum, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import {
  type ActivationGradient,
  type ActivationGradientOptions,
  activationAndGradient,
} from './activation-gradient.js';
import type { Explainable } from './explainable.js';
import { toGrid } from './grid.js';
import { requireModel } from './require-model.js';

/**
 * The layer asked for, or the last one that says where: after a transformer's last attention
 * only the class token may count, and the gradient at every place is zero there. To be called
 * in a tidy. On webgpu, which does not read synchronously, the default is simply the last layer.
 */
export function explainedLayer(
  model: Explainable,
  images: Tensor4D,
  options: ActivationGradientOptions,
): ActivationGradient {
  requireModel(model);
  if (options.layer === undefined && getBackend() !== 'webgpu') {
    for (const { name } of [...(model.layers ?? [])].reverse()) {
      const found = activationAndGradient(model, images, { ...options, layer: name });
      if (!readsClassTokensOnly(found, images)) return found;
    }
  }
  return activationAndGradient(model, images, options);
}

function readsClassTokensOnly({ layer, gradient }: ActivationGradient, images: Tensor4D): boolean {
  if (layer.kind !== 'tokens' || !layer.classTokens) return false;
  const size = [images.shape[1], images.shape[2]] as const;
  const total = tidy(() => sum(abs(toGrid(gradient, layer, size))));
  const reads = total.dataSync()[0] === 0;
  total.dispose();
  return reads;
}
