import { checkKeys } from '@pcam/options';
import { type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Explainable } from '../explainable.js';
import { requireFinite } from '../finite.js';
import type { Target } from '../target.js';
import { type Channels, checkChannels, combineChannels } from './channels.js';
import { targetGradient } from './target-gradient.js';

export interface InputGradientOptions {
  readonly target?: Target;
  /** Default 'sum': the change of the target as all channels of the pixel grow alike. */
  readonly channels?: Channels;
}

/**
 * The gradient of the target with respect to each pixel (Simonyan et al. 2014, arXiv 1312.6034, section 3):
 * signed, where the paper takes the greatest magnitude of the channels.
 *
 * @param images `[B, H, W, C]`, in the range the model expects.
 * @returns `[B, H, W]` float32.
 * @throws Error for an unknown option, a target that is none of the model's, a map that is not finite (not on webgpu: see
 *   `inBatches`), or where tfjs has no gradients registered.
 */
export function inputGradient(
  model: Explainable,
  images: Tensor4D,
  options: InputGradientOptions = {},
): Tensor3D {
  checkKeys<InputGradientOptions>('inputGradient', options, { target: true, channels: true });
  const { target, channels } = options;
  checkChannels('inputGradient', channels);
  return tidy(() => {
    const map = combineChannels(targetGradient(model, images, target), channels);
    requireFinite(map, 'The gradient');
    return map;
  });
}
