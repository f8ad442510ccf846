import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Explainable } from '../explainable.js';
import { type PixelMapOptions, pixelMap } from './attribute.js';
import type { AttributionDefinition } from './definition.js';

/** Of {@link inputGradient}. */
export type InputGradientOptions = PixelMapOptions;

export const inputGradientDefinition: AttributionDefinition<'inputGradient', object> = {
  name: 'inputGradient',
  title: 'the gradient with respect to pixels',
  citation: { authors: 'Simonyan et al. 2014', source: 'arXiv 1312.6034', equation: 'section 3' },
  level: 'pixel',
  options: {},
  differentiable: true,
  otherNames: ['gradient', 'saliency', 'vanillaGradient'],
  of: (pass) => pass.imageGradient(),
};

/**
 * The gradient of the target with respect to each pixel (Simonyan et al. 2014, arXiv 1312.6034, section 3):
 * signed, where the paper takes the greatest magnitude of the channels.
 *
 * @param images `[B, H, W, C]`, in the range the model expects.
 * @returns `[B, H, W]` float32.
 * @throws XaiError for an unknown option, a target that is none of the model's, a map that is not finite (not on
 *   webgpu: see `inBatches`), or where tfjs has no gradients registered.
 */
export function inputGradient(
  model: Explainable,
  images: Tensor4D,
  options: InputGradientOptions = {},
): Tensor3D {
  return pixelMap(inputGradientDefinition, model, images, options);
}
