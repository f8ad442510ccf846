import { useEngine } from '@pcam/engine';
import { createModel } from '@pcam/models';
import { expect, it } from 'vitest';
import { checkPatches } from './inputs.js';

it('refuses patches that do not fit the stride, naming both', async () => {
  await useEngine('cpu');
  const model = createModel({ name: 'cnn' });
  const patches = (height: number, width: number) => ({ name: 'odd/train', height, width });
  expect(() => checkPatches(model, patches(96, 96))).not.toThrow();
  expect(() => checkPatches(model, patches(64, 96))).not.toThrow();
  expect(() => checkPatches(model, patches(96, 90))).toThrow(
    'odd/train has patches of 96×90; cnn takes multiples of 16 from 32 on',
  );
  expect(() => checkPatches(model, patches(16, 96))).toThrow('16×96');
  model.dispose();
});

it('asks a model how small patches may be', async () => {
  await useEngine('cpu');
  const model = createModel({ name: 'densenet', growth: 1, stemWidth: 1 });
  const patches = { name: 'small/train', height: 64, width: 96 };
  expect(() => checkPatches(model, { ...patches, height: 80 })).not.toThrow();
  expect(() => checkPatches(model, patches)).toThrow(
    'small/train has patches of 64×96; densenet takes multiples of 16 from 80 on',
  );
  model.dispose();
});
