import type { KnownKeys } from '@pcam/options';
import { keysOf } from '../attributions/attribute.js';
import { definitionOf, named } from '../attributions/by-name.js';
import { channelsNames } from '../attributions/channels.js';
import { checkValues } from '../attributions/options.js';
import { checkCentre } from '../centre.js';
import { checkOptions as checkKeys, checkOneOf, expectThat, isFrom0 } from '../check-options.js';
import { XaiError } from '../errors.js';
import type { AttributionConstraintOptions, WeightedAttribution } from './constraint.js';
import { penaltyNames } from './penalty.js';
import { needsCentre, positivesNames, regionNames } from './region.js';
import type { FixedWeight, RatioWeight, Weight } from './weight.js';

const OPTIONS: KnownKeys<AttributionConstraintOptions> = {
  attribution: true,
  penalty: true,
  margin: true,
  scale: true,
  channels: true,
  region: true,
  positives: true,
  centre: true,
  lesionWeight: true,
  focus: true,
  weight: true,
};

const HINTS = {
  lambda: 'give weight: { lambda }',
  warmup: 'give weight: { lambda, warmup }',
  from: 'give weight: { lambda, from }',
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

/** @throws XaiError naming an option that nobody reads. To be called before any is read. */
export function checkNames(options: AttributionConstraintOptions): void {
  checkKeys('attributionConstraint', options, OPTIONS, HINTS);
}

/** @throws XaiError naming the first option out of range, what it is, and what is expected. */
export function checkOptions(
  {
    penalty,
    margin,
    scale,
    channels,
    region,
    positives,
    centre,
    lesionWeight,
    focus,
    weight = 1,
  }: AttributionConstraintOptions,
  attributions: readonly WeightedAttribution[],
): void {
  if (attributions.length === 0) {
    throw new XaiError(
      'option',
      'attributionConstraint: attribution is an empty list; expected at least one.',
    );
  }
  attributions.forEach(checkAttribution);
  oneOf('penalty', penalty, penaltyNames);
  if (typeof region !== 'function') {
    oneOf('region', region, regionNames);
  }
  oneOf('positives', positives, positivesNames);
  atLeastZero('lesionWeight', lesionWeight);
  atLeastZero('focus', focus);
  oneOf('channels', channels, [...channelsNames, 'each']);
  if (scale !== 'rms') positive("scale (or 'rms')", scale);
  atLeastZero('margin', margin);
  checkWeight(weight);
  if (needsCentre(region ?? 'centre', positives ?? 'unknown') || centre !== undefined)
    checkCentre('attributionConstraint', centre);
}

function checkAttribution(attribution: WeightedAttribution): void {
  if (typeof attribution === 'string') {
    throw new XaiError(
      'option',
      `attributionConstraint: attribution holds '${attribution}'; in a list, give { name: '${attribution}' }.`,
    );
  }
  const { name, weight, ...given } = named('attributionConstraint', attribution);
  const definition = definitionOf('attributionConstraint', name);
  const known = { name: true, weight: true, ...keysOf(definition) };
  checkKeys<object>(`attributionConstraint: attribution ${name}`, attribution, known);
  positive('the weight of an attribution', weight);
  if (!definition.differentiable) {
    throw new XaiError(
      'option',
      `attributionConstraint: ${definition.title} has no gradient to train by; choose another attribution.`,
    );
  }
  checkValues('attributionConstraint', definition, given, 'training');
}

function checkWeight(weight: Weight): void {
  if (typeof weight !== 'object' || weight === null) {
    atLeastZero('weight', weight);
    return;
  }
  if ('ratio' in weight) {
    const known = { ratio: true, every: true, decay: true, from: true, warmup: true } as const;
    checkKeys<RatioWeight>('attributionConstraint: weight by ratio', weight, known);
    positive('ratio', weight.ratio);
    count('every', weight.every);
    const { decay = 0 } = weight;
    expect(isFrom0(decay) && decay < 1, 'decay', decay, 'at least 0 and below 1');
  } else {
    checkKeys<FixedWeight>('attributionConstraint: weight', weight, {
      lambda: true,
      from: true,
      warmup: true,
    });
    expect(weight.lambda !== undefined, 'weight.lambda', weight.lambda, 'a number of at least 0');
    atLeastZero('lambda', weight.lambda);
  }
  atLeastZero('warmup', weight.warmup);
  const { from = 0 } = weight;
  expect(isFrom0(from) && from < 1, 'from', from, 'a share, at least 0 and below 1');
}

function positive(what: string, value: number | undefined): void {
  expect(value === undefined || (Number.isFinite(value) && value > 0), what, value, 'a positive number');
}

function atLeastZero(what: string, value: number | undefined): void {
  expect(value === undefined || isFrom0(value), what, value, 'a number of at least 0');
}

function count(what: string, value: number | undefined): void {
  expect(value === undefined || (Number.isInteger(value) && value >= 1), what, value, 'a positive integer');
}

function oneOf(what: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined) checkOneOf(`attributionConstraint: ${what}`, value, known);
}

function expect(right: boolean, what: string, value: unknown, wanted: string): void {
  expectThat(right, `attributionConstraint: ${what}`, value, wanted);
}
