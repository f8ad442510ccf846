import { createLoader, createSyntheticDataset } from '@pcam/pcam-data';
import { attributionConstraint } from '@pcam/xai';
import { expect, test } from 'vitest';
import { resolveFitConfig } from './config.js';
import { defaultRecipe, recipe } from './recipe.js';
import { type RecipeName, recipes } from './recipes.js';

test('the recipe is what fit, the loader and the constraint take, and is plain JSON', () => {
  const config = recipe(8);
  expect(resolveFitConfig(config)).toMatchObject({
    epochs: 8,
    optimizer: { name: 'adamw', learningRate: 0.003, weightDecay: 0.3 },
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

test.each(Object.keys(recipes) as RecipeName[])('so is %s, with words for help', (name) => {
  const own = recipes[name];
  const config = recipe(undefined, undefined, own);
  expect(resolveFitConfig(config)).toMatchObject({ epochs: own.epochs, clipNorm: own.clipNorm });
  expect(resolveFitConfig(recipe(8, 2, own)).schedule).toMatchObject({ warmup: 0.25 });
  expect(JSON.parse(JSON.stringify(own))).toEqual(own);
  const patches = createSyntheticDataset({ seed: 1, n: 40, size: 64 });
  expect(createLoader(patches, own.loader).batchesPerEpoch).toBe(Math.floor(40 / own.loader.batchSize));
  expect(() => attributionConstraint(own.constraint)).not.toThrow();
  expect(own.about).toMatch(/^[a-z].{10,}[^.]$/);
});

test('a recipe has its own optimizer, average and length', () => {
  const own = { ...defaultRecipe, epochs: 5, warmupEpochs: 1, emaDecay: 0.9 };
  expect(recipe(undefined, undefined, own)).toMatchObject({
    ...{ epochs: 5, emaDecay: 0.9 },
    schedule: { warmup: 0.2 },
  });
});
