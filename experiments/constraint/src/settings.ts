import type { AttributionConstraintOptions } from '@pcam/xai';

/** The attribution that training constrains. */
export type Training =
  | 'none'
  | 'gradient'
  | 'gradientTimesInput'
  | 'integratedGradients'
  | 'expectedGradients'
  | 'gradCam'
  | 'combination';

/** White, the slide without tissue: what pixels are compared with. */
export const GLASS = 1;

/**
 * Attributions of pixels are divided by their root mean square, since their size depends on how steep the network
 * is; Grad-CAM is in logits as it is.
 */
export const CONSTRAINTS: Readonly<Record<Training, AttributionConstraintOptions | undefined>> = {
  none: undefined,
  gradient: { attribution: 'gradient', scale: 'rms' },
  gradientTimesInput: { attribution: { name: 'gradientTimesInput', baseline: GLASS }, scale: 'rms' },
  integratedGradients: {
    attribution: { name: 'integratedGradients', baseline: GLASS, steps: 2 },
    scale: 'rms',
  },
  expectedGradients: { attribution: 'expectedGradients', scale: 'rms' },
  gradCam: { attribution: 'gradCam' },
  combination: {
    attribution: [
      { name: 'gradientTimesInput', baseline: GLASS, weight: 0.5 },
      { name: 'gradCam', weight: 0.5 },
    ],
    scale: 'rms',
  },
};

export const TRAININGS = Object.keys(CONSTRAINTS) as readonly Training[];

/** The region and what is taken for lesion, as the labels and `tumor_patch` tell. */
export const KNOWN = { region: 'tumorFree', positives: 'centre' } as const;

/** The same network throughout, constrained or not; without a bias, Grad-CAM adds up to the logit. */
export const MODEL = { name: 'cnn', preset: 'cnn-fine', headBias: false } as const;
