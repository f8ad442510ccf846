import { mul, sub, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Explainable } from '../explainable.js';
import { type PixelMapOptions, pixelMap } from './attribute.js';
import { type Baseline, baselineTensor } from './baseline.js';
import type { AttributionDefinition } from './definition.js';
import { BASELINE } from './options.js';

/** What {@link gradientTimesInput} takes beside what all attributions of pixels do. */
export interface BaselineOptions {
  /** Default 0, which is the method's original form. */
  readonly baseline?: Baseline;
}

/** Of {@link gradientTimesInput}. */
export interface GradientTimesInputOptions extends PixelMapOptions, BaselineOptions {}

export const gradientTimesInputDefinition: AttributionDefinition<'gradientTimesInput', BaselineOptions> = {
  name: 'gradientTimesInput',
  title: 'gradient × input',
  citation: { authors: 'Shrikumar et al. 2016', source: 'arXiv 1605.01713', equation: 'there with x′ = 0' },
  level: 'pixel',
  options: { baseline: BASELINE },
  differentiable: true,
  otherNames: ['inputTimesGradient', 'inputXGradient', 'gradientInput'],
  of: (pass, { baseline = 0 }) =>
    mul(sub(pass.images, baselineTensor(baseline, pass.images)), pass.imageGradient()),
};

/**
 * (x − x′) ⊙ ∂y/∂x, summed over channels (Shrikumar et al. 2016, arXiv 1605.01713, there with x′ = 0): what the
 * pixel contributes where the model is linear.
 *
 * @param images `[B, H, W, C]`. @returns `[B, H, W]` float32.
 * @throws XaiError as `inputGradient`; for a baseline that does not fit the images.
 */
export function gradientTimesInput(
  model: Explainable,
  images: Tensor4D,
  options: GradientTimesInputOptions = {},
): Tensor3D {
  return pixelMap(gradientTimesInputDefinition, model, images, options);
}
