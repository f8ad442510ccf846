import { checkKeys } from '@pcam/options';
import { mul, sub, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Explainable } from '../explainable.js';
import { requireFinite } from '../finite.js';
import { type Baseline, baselineTensor } from './baseline.js';
import { checkChannels, combineChannels } from './channels.js';
import type { InputGradientOptions } from './input-gradient.js';
import { targetGradient } from './target-gradient.js';

export interface GradientTimesInputOptions extends InputGradientOptions {
  /** Default 0, which is the method's original form. */
  readonly baseline?: Baseline;
}

/**
 * (x − x′) ⊙ ∂y/∂x, summed over channels (Shrikumar et al. 2016, arXiv 1605.01713, there with x′ = 0): what the
 * pixel contributes where the model is linear.
 *
 * @param images `[B, H, W, C]`. @returns `[B, H, W]` float32.
 * @throws Error as `inputGradient`; for a baseline that does not fit the images.
 */
export function gradientTimesInput(
  model: Explainable,
  images: Tensor4D,
  options: GradientTimesInputOptions = {},
): Tensor3D {
  const known = { target: true, channels: true, baseline: true } as const;
  checkKeys<GradientTimesInputOptions>('gradientTimesInput', options, known);
  const { target, channels, baseline = 0 } = options;
  checkChannels('gradientTimesInput', channels);
  return tidy(() => {
    const gradient = targetGradient(model, images, target);
    const contribution = mul<Tensor4D>(sub(images, baselineTensor(baseline, images)), gradient);
    const map = combineChannels(contribution, channels);
    requireFinite(map, 'Gradient × input');
    return map;
  });
}
