import { checkChoice, checkKeys, type KnownKeys } from '@pcam/options';
import { PLACEMENTS } from '../placement.js';
import type { AttributionConstraintOptions, WeightedAttribution } from './constraint.js';
import { penaltyNames } from './penalty.js';
import { positivesNames, regionNames } from './region.js';
import type { FixedWeight, RatioWeight, Weight } from './weight.js';

type Named<Name> = Extract<WeightedAttribution, { readonly name: Name }>;

/** The options of each attribution. */
const ATTRIBUTIONS: { readonly [Name in WeightedAttribution['name']]: KnownKeys<Named<Name>> } = {
  gradient: { name: true, weight: true },
  gradientTimesInput: { name: true, weight: true, baseline: true },
  integratedGradients: { name: true, weight: true, baseline: true, steps: true },
  expectedGradients: {
    name: true,
    weight: true,
    samples: true,
    references: true,
    zeroShare: true,
    seed: true,
  },
  gradCam: { name: true, weight: true, layer: true, placement: true },
};

const OPTIONS: KnownKeys<AttributionConstraintOptions> = {
  attribution: true,
  penalty: true,
  margin: true,
  scale: true,
  channels: true,
  region: true,
  positives: true,
  lesionWeight: true,
  weight: true,
};

const HINTS = {
  lambda: 'give weight: { lambda }',
  warmup: 'give weight: { lambda, warmup }',
  ratio: 'give weight: { ratio }',
  name: 'give attribution: { name }',
  layer: 'give it with its attribution: { name, layer }',
  placement: 'give it with its attribution: { name, placement }',
  steps: 'give it with its attribution: { name, steps }',
  samples: 'give it with its attribution: { name, samples }',
  baseline: 'give it with its attribution: { name, baseline }',
  references: 'give it with its attribution: { name, references }',
  target: 'give it to recordPass',
  pass: 'call it first: the term is attributionConstraint({ … })',
};

/** @throws Error naming an option that nobody reads, as `checkKeys` does. To be called before any is read. */
export function checkNames(options: AttributionConstraintOptions): void {
  checkKeys('attributionConstraint', options, OPTIONS, HINTS);
}

/** @throws Error naming the first option out of range, what it is, and what is expected. */
export function checkOptions(
  {
    penalty,
    margin,
    scale,
    channels,
    region,
    positives,
    lesionWeight,
    weight = 1,
  }: AttributionConstraintOptions,
  attributions: readonly WeightedAttribution[],
): void {
  expect(attributions.length > 0, 'attribution', 'an empty list', 'at least one');
  attributions.forEach(checkAttribution);
  oneOf('penalty', penalty, penaltyNames);
  if (typeof region !== 'function') oneOf('region', region, regionNames);
  oneOf('positives', positives, positivesNames);
  atLeastZero('lesionWeight', lesionWeight);
  oneOf('channels', channels, ['sum', 'each']);
  if (scale !== 'rms') positive("scale (or 'rms')", scale);
  expect(margin === undefined || margin >= 0, 'margin', margin, 'a number of at least 0');
  checkWeight(weight);
}

function checkAttribution(attribution: WeightedAttribution): void {
  if (typeof attribution === 'string') {
    throw new Error(
      `attributionConstraint: attribution holds '${attribution}'; in a list, give { name: '${attribution}' }.`,
    );
  }
  checkChoice('attributionConstraint: attribution', attribution.name, namesOf(ATTRIBUTIONS));
  checkKeys<object>(
    `attributionConstraint: attribution ${attribution.name}`,
    attribution,
    ATTRIBUTIONS[attribution.name],
  );
  positive('the weight of an attribution', attribution.weight);
  if (attribution.name === 'gradCam') oneOf('placement', attribution.placement, PLACEMENTS);
  if (attribution.name === 'integratedGradients') count('steps', attribution.steps);
  if (attribution.name === 'expectedGradients') {
    count('samples', attribution.samples);
    const { zeroShare = 0 } = attribution;
    expect(zeroShare >= 0 && zeroShare <= 1, 'zeroShare', zeroShare, 'a number from 0 to 1');
  }
}

function namesOf<Name extends string>(of: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(of) as Name[];
}

function checkWeight(weight: Weight): void {
  if (typeof weight !== 'object' || weight === null) {
    atLeastZero('weight', weight);
    return;
  }
  if ('ratio' in weight) {
    const known = { ratio: true, every: true, decay: true, warmup: true } as const;
    checkKeys<RatioWeight>('attributionConstraint: weight by ratio', weight, known);
    positive('ratio', weight.ratio);
    count('every', weight.every);
    const { decay = 0 } = weight;
    expect(decay >= 0 && decay < 1, 'decay', decay, 'at least 0 and below 1');
  } else {
    checkKeys<FixedWeight>('attributionConstraint: weight', weight, { lambda: true, warmup: true });
    expect(weight.lambda !== undefined, 'weight.lambda', weight.lambda, 'a number of at least 0');
    atLeastZero('lambda', weight.lambda);
  }
  atLeastZero('warmup', weight.warmup);
}

function positive(what: string, value: number | undefined): void {
  expect(value === undefined || (Number.isFinite(value) && value > 0), what, value, 'a positive number');
}

function atLeastZero(what: string, value: number | undefined): void {
  expect(
    value === undefined || (Number.isFinite(value) && value >= 0),
    what,
    value,
    'a number of at least 0',
  );
}

function count(what: string, value: number | undefined): void {
  expect(value === undefined || (Number.isInteger(value) && value >= 1), what, value, 'a positive integer');
}

function oneOf(what: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined) checkChoice(`attributionConstraint: ${what}`, value, known);
}

function expect(right: boolean, what: string, value: unknown, wanted: string): void {
  if (!right) throw new Error(`attributionConstraint: ${what} is ${value}; expected ${wanted}.`);
}
