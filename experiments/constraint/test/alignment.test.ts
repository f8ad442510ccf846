import { useEngine } from '@pcam/engine';
import { createModel } from '@pcam/models';
import { createSyntheticDataset } from '@pcam/pcam-data';
import { zerosLike } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { alignmentOf } from '../src/alignment.js';

beforeAll(async () => {
  await useEngine('auto');
});

test('a network whose maps are constant has no alignment, and an untrained one has', async () => {
  const model = createModel({ name: 'cnn', stemWidth: 4, widths: [4], depths: [1], strides: [2], seed: 1 });
  const dataset = createSyntheticDataset({ n: 8, size: 64, seed: 1 });
  const measured = await alignmentOf({ kind: 'classifier', model }, dataset);
  expect(measured).toMatchObject({ stride: 4, placed: { origin: 1.5 } });
  for (const [name, variable] of model.variables) {
    if (name.startsWith('head')) variable.assign(zerosLike(variable));
  }
  expect(await alignmentOf({ kind: 'classifier', model }, dataset)).toBeNull();
  model.dispose();
});
