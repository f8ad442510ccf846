import { checkKeys, describeValue, isPromise, isTensor } from '@pcam/options';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { LossTerm } from '../gradients.js';

/** @throws Error in one line where a loss is no scalar tensor. */
export function checkScalar(what: string, value: unknown): asserts value is Scalar {
  if (isTensor(value) && value.rank === 0) return;
  const advice = isTensor(value)
    ? '; take its mean or sum'
    : isPromise(value)
      ? '; a loss is computed in one go, on the tape, so it cannot be awaited'
      : '; make it of tfjs operations on what the context holds';
  throw new Error(`fit: ${what} must be a scalar tensor, got ${describeValue(value)}${advice}`);
}

const TERM = { name: true, value: true, metrics: true } as const;

/**
 * @param taken names in the step's record so far.
 * @throws Error in one line where a loss term gave anything but a name of its own and weighted scalars.
 */
export function checkTerm(term: ReturnType<LossTerm>, taken: readonly string[]): void {
  const { name, value, metrics = {} } = (term ?? {}) as Partial<ReturnType<LossTerm>>;
  if (typeof name !== 'string' || name === '') {
    throw new Error(
      `fit: a loss term must return { name, value }, with its weighted value as a scalar tensor, got ${describeValue(term)}`,
    );
  }
  checkKeys<ReturnType<LossTerm>>(`fit: loss term '${name}'`, term, TERM, {
    weight: 'multiply value by it',
  });
  if (taken.includes(name) || name === 'loss' || name === 'crossEntropy') {
    throw new Error(`fit: two losses are called '${name}'; give each term a name of its own`);
  }
  checkScalar(`the value of loss term '${name}', already weighted,`, value);
  for (const [key, metric] of Object.entries(metrics)) {
    checkScalar(`the metric '${key}' of loss term '${name}'`, metric);
  }
}
