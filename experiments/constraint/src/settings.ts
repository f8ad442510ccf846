import { CENTRE } from '@pcam/pcam-data';
import type { AttributionConstraintOptions, Positives, regionNames } from '@pcam/xai';

/** The attribution that training constrains. */
export type Training =
  | 'none'
  | 'gradient'
  | 'gradientTimesInput'
  | 'integratedGradients'
  | 'expectedGradients'
  | 'gradCam'
  | 'combination'
  | 'pseudoMasks';

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
  pseudoMasks: { attribution: 'gradCam' },
};

export const TRAININGS = Object.keys(CONSTRAINTS) as readonly Training[];

/**
 * What is known of the patches: by default what PCam's label says, that the centre of negatives is healthy, and for
 * Grad-CAM, whose sign speaks for or against tumour, that the centre of positives holds some. The sign of a pixel's slope speaks
 * of brightness, so attributions of pixels are told of healthy places alone, as in the paper. Pseudo-masks, which
 * the maps of the unconstrained network and the label make together, tell of every pixel.
 */
export function knownTo(
  training: Training,
  { region, positives }: Knowledge,
): Pick<AttributionConstraintOptions, 'region' | 'positives'> {
  if (training === 'pseudoMasks') return { region: 'masks', positives: 'unknown' };
  const signed = training === 'gradCam';
  return { region, positives: positives === 'auto' ? (signed ? 'centre' : 'unknown') : positives };
}

export interface Knowledge {
  readonly region: Exclude<(typeof regionNames)[number], 'masks'>;
  readonly positives: 'auto' | Positives;
}

/** Classifiers, constrained or not; without a head's bias, Grad-CAM adds up to the logit. */
const CLASSIFIERS = {
  cnn: { name: 'cnn', headBias: false },
  'cnn-fine': { name: 'cnn', preset: 'cnn-fine', headBias: false },
  fcn: { name: 'fcn', headBias: false },
  /** The logit is of the centre alone, as the label is: masks and label then never contradict one another. */
  'fcn-centre': { name: 'fcn', headBias: false, poolField: CENTRE },
} as const;

export type Network = keyof typeof CLASSIFIERS;

export const NETWORKS = Object.keys(CLASSIFIERS) as readonly Network[];

export function classifier(network: Network): (typeof CLASSIFIERS)[Network] {
  return CLASSIFIERS[network];
}

/** What tells experiments apart that differ in more than training, λ and seed. */
export function setupName({
  size,
  train,
  valid,
  test,
  epochs,
  network,
  region,
  positives,
}: Setup & Knowledge): string {
  const others = [
    ...(network === 'cnn-fine' ? [] : [network]),
    ...(region === 'centre' ? [] : [`region ${region}`]),
    ...(positives === 'auto' ? [] : [`positives ${positives}`]),
  ];
  return [`${size} px`, `${train}/${valid}/${test} patches`, `${epochs} epochs`, ...others].join(', ');
}

/** What a U-Net learns from masks, and an unconstrained classifier, does not depend on what labels are taken to tell. */
export function unconstrainedSetup(setup: Setup): string {
  return setupName({ ...setup, region: 'centre', positives: 'auto' });
}

interface Setup {
  readonly size: number;
  readonly train: number;
  readonly valid: number;
  readonly test: number;
  readonly epochs: number;
  readonly network: Network;
}
