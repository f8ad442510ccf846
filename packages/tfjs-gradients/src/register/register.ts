import * as core from '@tensorflow/tfjs-core';
import { conv2dBackpropFilter } from '../gradients/convolution.js';
import { depthToSpace, gatherNd, mirrorPad } from '../gradients/moving.js';
import { broadcastPairs, comparisons } from '../gradients/pointwise.js';
import { averagePool } from '../gradients/pooling.js';
import { cumsum, prod } from '../gradients/running.js';
import { warnOfUnknownTfjs } from '../known-tfjs.js';

warnOfUnknownTfjs();

/** What tfjs leaves out or gets wrong at first order; registered after tfjs's own. */
const corrections: readonly core.GradConfig[] = [
  ...broadcastPairs,
  ...comparisons,
  averagePool,
  conv2dBackpropFilter,
  cumsum,
  depthToSpace,
  gatherNd,
  mirrorPad,
  prod,
];

/** Wrong in tfjs 4.22 and mended by `enableHigherOrderGradients()` only: better none than a wrong one. */
const withdrawn = ['AvgPool3D', 'MaxPool3D'];

let registered: Promise<void> | undefined;

/**
 * Registers the gradients that tfjs-core ships but leaves unregistered where `@tensorflow/tfjs` is not loaded, right
 * at first order: AvgPool (wrong at a padded border, or with `dimRoundingMode`), MirrorPad and Cumsum (wrong), Prod
 * (needs `@tensorflow/tfjs`), Maximum, Minimum and SquaredDifference (threw where inputs were broadcast) are mended,
 * comparisons, logical ops, GatherNd, DepthToSpace and Conv2DBackpropFilter get one, AvgPool3D and MaxPool3D (wrong)
 * lose theirs, so that they throw.
 *
 * Calling it again changes nothing; a gradient that was registered before the first call stays.
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
