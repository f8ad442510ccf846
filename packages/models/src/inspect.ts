import type { Model } from './model.js';

/** The number of trainable values. */
export function countParameters(model: Model): number {
  let count = 0;
  for (const variable of model.variables.values()) if (variable.trainable) count += variable.size;
  return count;
}
