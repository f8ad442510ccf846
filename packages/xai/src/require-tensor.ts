import { Tensor } from '@tensorflow/tfjs-core';
import { kindOf } from './kind-of.js';

/**
 * Refuses what is no tensor of these axes.
 *
 * @param what e.g. `segment: maps`.
 * @param axes e.g. `[B, H, W]`.
 */
export function requireTensor(what: string, value: unknown, axes: string): void {
  const rank = axes.split(',').length;
  if (value instanceof Tensor && value.rank === rank) return;
  throw new Error(`${what} must be a tensor ${axes}, got ${shaped(value)}.`);
}

/** @param example of one, e.g. `(images) => gradCam(model, images)`. */
export function requireFunction(what: string, value: unknown, example: string): void {
  if (typeof value === 'function') return;
  throw new Error(`${what} must be a function, such as ${example}, got ${shaped(value)}.`);
}

function shaped(value: unknown): string {
  return value instanceof Tensor ? `a tensor [${value.shape}]` : kindOf(value);
}
