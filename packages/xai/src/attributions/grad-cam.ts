import { mean, mul, sum, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Explainable } from '../explainable.js';
import { type LayerMapOptions, layerMap } from './attribute.js';
import type { AttributionDefinition } from './definition.js';
import { LAYER_OPTIONS, type LayerOptions } from './options.js';

/** Of {@link gradCam}. */
export type GradCamOptions = LayerMapOptions;

export const gradCamDefinition: AttributionDefinition<'gradCam', LayerOptions> = {
  name: 'gradCam',
  title: 'Grad-CAM',
  citation: { authors: 'Selvaraju et al. 2017', source: 'arXiv 1610.02391', equation: 'equations 1 and 2' },
  level: 'layer',
  options: LAYER_OPTIONS,
  differentiable: true,
  of(pass, { layer }) {
    const { activation, gradient } = pass.at(layer);
    return sum(mul(mean(gradient, [1, 2], true), activation), -1);
  },
};

/**
 * Gradient-weighted class activation maps (Selvaraju et al., ICCV 2017, arXiv 1610.02391):
 * the channel weights α_k = mean over places of ∂y/∂A_k (equation 1) and the map
 * Σ_k α_k A_k (equation 2), for y the logit or class score. Each image of the batch gets
 * its own map. The paper's ReLU is left to `rectify`: what is returned is raw and signed,
 * comparable across images.
 *
 * The default layer is the last one. Where it holds class tokens and the model reads nothing
 * else of it (every place's gradient is exactly zero), the one before is tried, and so on. A backend that cannot
 * read at once (webgpu) asks for a layer where the last holds class tokens.
 *
 * Differentiable (for a loss on the map) as far as the model's own ops are.
 *
 * @param images `[B, H, W, C]`, in the range the model expects.
 * @returns `[B, H, W]` float32, or `[B, h, w]` of the layer's grid with `resize: false`.
 * @throws XaiError for an unknown option, an unknown layer (the message lists the layers), a class index out of
 *   range, tokens that fill no grid, a map that is not finite (checked where the backend
 *   reads at once, thus not on webgpu: see `inBatches`), or where tfjs has no gradients registered.
 */
export function gradCam(model: Explainable, images: Tensor4D, options: GradCamOptions = {}): Tensor3D {
  return layerMap(gradCamDefinition, model, images, options);
}
