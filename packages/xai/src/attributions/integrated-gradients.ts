import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Explainable } from '../explainable.js';
import { type PixelMapOptions, pixelMap } from './attribute.js';
import { baselineTensor } from './baseline.js';
import type { AttributionDefinition } from './definition.js';
import type { BaselineOptions } from './gradient-times-input.js';
import { BASELINE } from './options.js';
import { meanPathGradient } from './path.js';

/** What {@link integratedGradients} takes beside what all attributions of pixels do. */
export interface PathOptions extends BaselineOptions {
  /** Gradients along the way. Default 32; in training 4. */
  readonly steps?: number;
}

/** Of {@link integratedGradients}. */
export interface IntegratedGradientsOptions extends PixelMapOptions, PathOptions {}

export const integratedGradientsDefinition: AttributionDefinition<'integratedGradients', PathOptions> = {
  name: 'integratedGradients',
  title: 'integrated gradients',
  citation: { authors: 'Sundararajan et al. 2017', source: 'arXiv 1703.01365', equation: 'equation 1' },
  level: 'pixel',
  options: {
    baseline: BASELINE,
    steps: {
      kind: 'count',
      default: 32,
      inTraining: { default: 4, reason: 'a tape holds every step until its gradients are taken' },
      description: 'Gradients along the way from the baseline to the image',
    },
  },
  differentiable: true,
  of(pass, { baseline = 0, steps = 1 }) {
    const from = baselineTensor(baseline, pass.images);
    return meanPathGradient(
      pass,
      Array.from({ length: steps }, (_, k) => ({ from, at: (k + 0.5) / steps })),
    );
  },
};

/**
 * Integrated gradients (Sundararajan et al. 2017, arXiv 1703.01365, equation 1): (x − x′) ⊙ ∫₀¹ ∂y/∂x at
 * x′ + α (x − x′) dα, by the midpoint rule, which is exact for quadratic targets. Complete: a map's sum tends to
 * y(x) − y(x′) as steps grow.
 *
 * @param images `[B, H, W, C]`. @returns `[B, H, W]` float32.
 * @throws XaiError as `gradientTimesInput`; for steps that are no positive integer.
 */
export function integratedGradients(
  model: Explainable,
  images: Tensor4D,
  options: IntegratedGradientsOptions = {},
): Tensor3D {
  return pixelMap(integratedGradientsDefinition, model, images, options);
}
