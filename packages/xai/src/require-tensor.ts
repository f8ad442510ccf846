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
  const got = value instanceof Tensor ? `a tensor [${value.shape}]` : kind(value);
  throw new Error(`${what} must be a tensor ${axes}, got ${got}.`);
}

/** @param example of one, e.g. `(images) => gradCam(model, images)`. */
export function requireFunction(what: string, value: unknown, example: string): void {
  if (typeof value === 'function') return;
  throw new Error(`${what} must be a function, such as ${example}, got ${kind(value)}.`);
}

function kind(value: unknown): string {
  if (value instanceof Tensor) return `a tensor [${value.shape}]`;
  if (value instanceof Promise) return 'a promise';
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' ? 'a function' : String(value);
  return value.constructor?.name ?? 'an object';
}
