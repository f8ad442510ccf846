import { type AttributionConstraintOptions, attributionConstraint } from '@pcam/xai';
import type { LossTerm } from '@pcam/training';
import type { Cell, Training } from './settings.js';

/**
 * Pixel attributions are divided by their root mean square, since their size depends on the network's steepness;
 * Grad-CAM is in logits as it is.
 */
const CONSTRAINTS: Readonly<Record<Exclude<Training, 'none'>, AttributionConstraintOptions>> = {
  gradient: { attribution: 'gradient', scale: 'rms' },
  gradientTimesInput: { attribution: { name: 'gradientTimesInput', baseline: 1 }, scale: 'rms' },
  integratedGradients: { attribution: { name: 'integratedGradients', baseline: 1, steps: 3 }, scale: 'rms' },
  expectedGradients: { attribution: 'expectedGradients', scale: 'rms' },
  gradCam: { attribution: 'gradCam' },
  combination: {
    attribution: [
      { name: 'gradient', weight: 0.5 },
      { name: 'gradCam', weight: 0.5 },
    ],
    scale: 'rms',
  },
};

export function constraintOf({ training, lambda }: Pick<Cell, 'training' | 'lambda'>, region: Region, warmup: number): LossTerm[] {
  if (training === 'none') return [];
  return [attributionConstraint({ ...CONSTRAINTS[training], region, weight: { lambda, warmup } })];
}
