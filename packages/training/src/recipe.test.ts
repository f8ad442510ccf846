import { createLoader, createSyntheticDataset } from '@pcam/pcam-data';
import { attributionConstraint } from '@pcam/xai';
import { expect, test } from 'vitest';
import { resolveFitConfig } from './config.js';
import { defaultRecipe, recipe } from './recipe.js';

test('the recipe is what fit, the loader and the constraint take, and is plain JSON', () => {
  const config = recipe(8);
  expect(resolveFitConfig(config)).toMatchObject({
    epochs: 8,
    optimizer: { name: 'adamw', learningRate: 0.003, weightDecay: 0.05 },
    schedule: { name: 'cosine', warmup: 0.25, floor: 0 },
    clipNorm: 5,
    emaDecay: 0.99,
  });
  expect(() => resolveFitConfig(recipe(1))).not.toThrow();
  expect(JSON.parse(JSON.stringify(defaultRecipe))).toEqual(defaultRecipe);
  const patches = createSyntheticDataset({ seed: 1, n: 40, size: 64 });
  expect(createLoader(patches, { ...defaultRecipe.loader, seed: 1 }).batchesPerEpoch).toBe(1);
  expect(() => attributionConstraint({ attribution: 'gradCam', ...defaultRecipe.constraint })).not.toThrow();
});
