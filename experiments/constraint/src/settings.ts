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

/**
 * What is known of the patches: the centre of negatives, all of patches without tumour, and for Grad-CAM, whose
 * sign speaks for or against tumour, that the centre of positives holds some. The sign of a pixel's slope speaks of
 * brightness, so attributions of pixels are told of healthy places alone, as in the paper.
 */
export function knownTo(training: Training): Pick<AttributionConstraintOptions, 'region' | 'positives'> {
  return { region: 'tumorFree', positives: training === 'gradCam' ? 'centre' : 'unknown' };
}

/** The same network throughout, constrained or not; without a bias, Grad-CAM adds up to the logit. */
export const MODEL = { name: 'cnn', preset: 'cnn-fine', headBias: false } as const;
