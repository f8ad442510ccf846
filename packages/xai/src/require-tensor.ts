import { describeValue } from '@pcam/options';
import { Tensor } from '@tensorflow/tfjs-core';

/**
 * Refuses what is no tensor of these axes.
 *
 * @param what e.g. `segment: maps`.
 * @param axes e.g. `[B, H, W]`.
 */
export function requireTensor(what: string, value: unknown, axes: string): void {
  const rank = axes.split(',').length;
  if (value instanceof Tensor && value.rank === rank) return;
  throw new Error(`${what} must be a tensor ${axes}, got ${describeValue(value)}.`);
}

/** @param example of one, e.g. `(images) => gradCam(model, images)`. */
export function requireFunction(what: string, value: unknown, example: string): void {
  if (typeof value === 'function') return;
  throw new Error(`${what} must be a function, such as ${example}, got ${describeValue(value)}.`);
}
