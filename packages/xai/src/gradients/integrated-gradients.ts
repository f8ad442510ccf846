import { checkKeys } from '@pcam/options';
import { type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Explainable } from '../explainable.js';
import { requireFinite } from '../finite.js';
import { requireImages } from '../require.js';
import { baselineTensor } from './baseline.js';
import { checkChannels, combineChannels } from './channels.js';
import type { GradientTimesInputOptions } from './gradient-times-input.js';
import { meanPathGradient } from './path-gradient.js';

export interface IntegratedGradientsOptions extends GradientTimesInputOptions {
  /** Gradients along the way. Default 32. */
  readonly steps?: number;
}

/**
 * Integrated gradients (Sundararajan et al. 2017, arXiv 1703.01365, equation 1): (x − x′) ⊙ ∫₀¹ ∂y/∂x at
 * x′ + α (x − x′) dα, by the midpoint rule, which is exact for quadratic targets. Complete: a map's sum tends to
 * y(x) − y(x′) as steps grow.
 *
 * @param images `[B, H, W, C]`. @returns `[B, H, W]` float32.
 * @throws Error as `gradientTimesInput`; for steps that are no positive integer.
 */
export function integratedGradients(
  model: Explainable,
  images: Tensor4D,
  options: IntegratedGradientsOptions = {},
): Tensor3D {
  const known = { target: true, channels: true, baseline: true, steps: true } as const;
  checkKeys<IntegratedGradientsOptions>('integratedGradients', options, known);
  const { target, channels, baseline = 0, steps = 32 } = options;
  checkChannels('integratedGradients', channels);
  if (!Number.isInteger(steps) || steps < 1) {
    throw new Error(`steps is ${steps}; expected a positive integer.`);
  }
  requireImages(images);
  return tidy(() => {
    const from = baselineTensor(baseline, images);
    const points = Array.from({ length: steps }, (_, k) => ({ from, at: (k + 0.5) / steps }));
    const map = combineChannels(meanPathGradient(model, images, points, target), channels);
    requireFinite(map, 'The integrated gradient');
    return map;
  });
}
