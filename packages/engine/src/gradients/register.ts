import * as core from '@tensorflow/tfjs-core';
import { corrections, withdrawn } from './corrections.js';

let registered: Promise<void> | undefined;

/**
 * Registers the gradients that tfjs-core ships but leaves unregistered in Node. Safe to
 * call twice; a gradient that was registered before stays.
 */
export function registerGradients(): Promise<void> {
  registered ??= register();
  return registered;
}

async function register(): Promise<void> {
  const kernels = Object.values<unknown>(core as object as Record<string, unknown>).filter(
    (value): value is string => typeof value === 'string',
  );
  const before = kernels
    .map((kernel) => core.getGradient(kernel))
    .filter((gradient) => gradient !== undefined);
  await import('#gradients');
  for (const gradient of corrections) core.registerGradient(gradient);
  for (const kernel of withdrawn) core.unregisterGradient(kernel);
  for (const gradient of before) core.registerGradient(gradient);
}
