import { slideAttribution } from '@pcam/evaluation';
import { CENTRE } from '@pcam/pcam-data';
import {
  type AttributionConstraintOptions,
  type AttributionName,
  type AttributionValues,
  attributionNames,
  attributions,
  type Positives,
  type regionNames,
} from '@pcam/xai';

/** The attribution that training constrains. */
export type Training = 'none' | AttributionName | 'combination' | 'pseudoMasks';

/** What differs from the library's defaults for training: half the steps, since each costs a pass forward and back. */
const VALUES: AttributionValues = { steps: 2 };

/**
 * Attributions of pixels are divided by their root mean square, since their size depends on how steep the network
 * is; those at a layer, such as Grad-CAM, are in logits as they are. Pixels are compared with white, the slide
 * without tissue.
 */
const OF_EACH = Object.fromEntries(
  attributionNames.map((name): [AttributionName, AttributionConstraintOptions] => {
    const attribution = slideAttribution(name, VALUES);
    return [name, attributions[name].level === 'pixel' ? { attribution, scale: 'rms' } : { attribution }];
  }),
) as Record<AttributionName, AttributionConstraintOptions>;

export const CONSTRAINTS: Readonly<Record<Training, AttributionConstraintOptions | undefined>> = {
  none: undefined,
  ...OF_EACH,
  combination: {
    attribution: [
      { ...slideAttribution('gradientTimesInput'), weight: 0.5 },
      { ...slideAttribution('gradCam'), weight: 0.5 },
    ],
    scale: 'rms',
  },
  pseudoMasks: OF_EACH.gradCam,
};

export const TRAININGS = Object.keys(CONSTRAINTS) as readonly Training[];

/**
 * What is known of the patches: by default what PCam's label says, that the centre of negatives is healthy, and for
 * maps at a layer, Grad-CAM's, whose sign speaks for or against tumour, that the centre of positives holds some. The sign of a pixel's slope speaks
 * of brightness, so attributions of pixels are told of healthy places alone, as in the paper. Pseudo-masks, which
 * the maps of the unconstrained network and the label make together, tell of every pixel.
 */
export function knownTo(
  training: Training,
  { region, positives }: Knowledge,
): Pick<AttributionConstraintOptions, 'region' | 'positives' | 'centre'> {
  if (training === 'pseudoMasks') return { region: 'masks', positives: 'unknown' };
  const signed = attributionNames.some((name) => name === training && attributions[name].level === 'layer');
  const lesions = positives === 'auto' ? (signed ? 'centre' : 'unknown') : positives;
  return { region, positives: lesions, centre: CENTRE };
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
