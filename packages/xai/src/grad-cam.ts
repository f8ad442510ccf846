import { checkChoice, checkKeys } from '@pcam/options';
import { relu, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { ActivationGradientOptions } from './activation-gradient.js';
import { camMap } from './cam-map.js';
import type { Explainable } from './explainable.js';
import { explainedLayer } from './explained-layer.js';
import { requireFinite } from './finite.js';
import { PLACEMENTS, type Placement, placeMaps } from './placement.js';

export interface GradCamOptions extends ActivationGradientOptions {
  /** Bring the map to the image's height and width (bilinear). Default true; else the layer's grid. */
  readonly resize?: boolean;
  /** Where the cells lie in the image. Default `'tile'`, as in other libraries. */
  readonly placement?: Placement;
  /** Clip negative values at the layer's grid, as the paper's ReLU does. Default false: the map is signed. */
  readonly rectify?: boolean;
}

/**
 * Gradient-weighted class activation maps (Selvaraju et al., ICCV 2017, arXiv 1610.02391):
 * the channel weights α_k = mean over places of ∂y/∂A_k (equation 1) and the map
 * Σ_k α_k A_k (equation 2), for y the logit or class score. Each image of the batch gets
 * its own map. The paper's ReLU is left to `rectify`: what is returned is raw and signed,
 * comparable across images.
 *
 * The default layer is the last one. Where it holds class tokens and the model reads nothing
 * else of it (every place's gradient is exactly zero), the one before is tried, and so on.
 *
 * Differentiable (for a loss on the map) as far as the model's own ops are.
 *
 * @param images `[B, H, W, C]`, in the range the model expects.
 * @returns `[B, H, W]` float32, or `[B, h, w]` of the layer's grid with `resize: false`.
 * @throws Error for an unknown option, an unknown layer (the message lists the layers), a class index out of
 *   range, tokens that fill no grid, a map that is not finite (checked where the backend
 *   reads synchronously, thus not on webgpu: see `inBatches`), or where tfjs has no gradients registered.
 */
export function gradCam(model: Explainable, images: Tensor4D, options: GradCamOptions = {}): Tensor3D {
  checkKeys<GradCamOptions>('gradCam', options, KNOWN, HINTS);
  const { layer: wanted, target, resize = true, placement = 'tile', rectify = false } = options;
  checkChoice('gradCam: placement', placement, PLACEMENTS);
  return tidy(() => {
    const explained = explainedLayer(model, images, { layer: wanted, target });
    const { layer } = explained;
    const size = [images.shape[1], images.shape[2]] as const;
    const map = camMap(explained, size);
    requireFinite(map, `Grad-CAM at layer '${layer.name}'`);
    const signed = rectify ? relu(map) : map;
    return resize ? placeMaps(signed, size, layer, placement) : signed;
  });
}

const KNOWN = { layer: true, target: true, resize: true, placement: true, rectify: true } as const;

/** What other libraries call it, or have it in another place. */
const HINTS = {
  targetLayer: "give layer, a layer's name",
  targetLayers: "give layer, a layer's name",
  class: 'give target, the index of a class',
  classIndex: 'give target, the index of a class',
  relu: "did you mean 'rectify'?",
  batchSize: 'give it to inBatches',
};
