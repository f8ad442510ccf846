import type { AttributionConstraintOptions, WeightedAttribution } from './constraint.js';
import type { Weight } from './weight.js';

const NAMES = ['gradient', 'gradientTimesInput', 'integratedGradients', 'expectedGradients', 'gradCam'];
const PENALTIES = ['softplus', 'squared', 'hinge'];
const REGIONS = ['centre', 'tumorFree', 'negatives', 'masks'];

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
  for (const attribution of attributions) {
    oneOf('attribution', attribution.name, NAMES);
    positive('the weight of an attribution', attribution.weight);
    if (attribution.name === 'integratedGradients') count('steps', attribution.steps);
    if (attribution.name === 'expectedGradients') {
      count('samples', attribution.samples);
      const { zeroShare = 0 } = attribution;
      expect(zeroShare >= 0 && zeroShare <= 1, 'zeroShare', zeroShare, 'a number from 0 to 1');
    }
  }
  oneOf('penalty', penalty, PENALTIES);
  if (typeof region !== 'function') oneOf('region', region, REGIONS);
  oneOf('positives', positives, ['unknown', 'centre']);
  atLeastZero('lesionWeight', lesionWeight);
  oneOf('channels', channels, ['sum', 'each']);
  if (scale !== 'rms') positive("scale (or 'rms')", scale);
  expect(margin === undefined || margin >= 0, 'margin', margin, 'a number of at least 0');
  checkWeight(weight);
}

function checkWeight(weight: Weight): void {
  if (typeof weight === 'number') {
    atLeastZero('weight', weight);
    return;
  }
  if ('ratio' in weight) {
    positive('ratio', weight.ratio);
    count('every', weight.every);
    const { decay = 0 } = weight;
    expect(decay >= 0 && decay < 1, 'decay', decay, 'at least 0 and below 1');
  } else atLeastZero('lambda', weight.lambda);
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
  expect(value === undefined || known.includes(value), what, `'${value}'`, `one of ${known.join(', ')}`);
}

function expect(right: boolean, what: string, value: unknown, wanted: string): void {
  if (!right) throw new Error(`attributionConstraint: ${what} is ${value}; expected ${wanted}.`);
}
