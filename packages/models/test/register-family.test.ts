import { useEngine } from '@pcam/engine';
import {
  matMul,
  mean,
  memory,
  reshape,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  createModel,
  decodeModel,
  encodeModel,
  type Model,
  modelNames,
  type PresetName,
  presetNames,
  readWeights,
  registerFamily,
} from '../src/index.js';

interface ColourOptions {
  readonly name: 'colour';
  readonly scale?: number;
}

/** The logit is a weighted sum of the mean colour. */
function createColour({ scale = 1 }: ColourOptions): Model {
  const weights: Variable = tidy(() => variable(tensor2d([scale, 0, -scale], [3, 1])));
  return {
    config: { name: 'colour', scale },
    layers: [],
    stride: 1,
    variables: new Map([['weights', weights]]),
    forward: (images: Tensor4D) =>
      tidy(() =>
        reshape(matMul(mean(images, [1, 2]) as Tensor2D, weights as unknown as Tensor2D), [-1]),
      ) as Tensor1D,
    dispose: () => weights.dispose(),
  };
}

beforeAll(async () => void (await useEngine('cpu')));

test("registerFamily: a model of one's own is created by name, saved and loaded", async () => {
  const forget = registerFamily({ name: 'colour', create: createColour });
  try {
    const before = memory().numTensors;
    const model = createModel({ name: 'colour', scale: 2 });
    const bytes = await encodeModel(model);
    const loaded = decodeModel(bytes);
    expect(loaded.config).toEqual({ name: 'colour', scale: 2 });
    expect(await readWeights(loaded)).toEqual(await readWeights(model));
    const again = createModel(loaded.config);
    for (const each of [model, loaded, again]) each.dispose();
    expect(memory().numTensors).toBe(before);
    expect(() => registerFamily({ name: 'colour', create: createColour })).toThrow(
      "registerFamily: the name 'colour' is taken",
    );
    expect(() => createModel({ name: 'alexnet' })).toThrow(
      'There are: cnn, densenet, fcn, resnet, vit, colour.',
    );
  } finally {
    forget();
  }
  expect(() => createModel({ name: 'colour' })).toThrow(
    'There is no model "colour". There are: cnn, densenet, fcn, resnet, vit. A model of your own needs registerFamily first.',
  );
});

test('registerFamily refuses names of the package, and what makes another model', async () => {
  for (const name of [...modelNames, 'unet']) {
    expect(() => registerFamily({ name, create: () => createColour({ name: 'colour' }) })).toThrow(
      'is taken',
    );
  }
  expect(() => registerFamily({ name: 'mine' } as never)).toThrow("create of 'mine' must be a function");
  expect(() => registerFamily({ name: 'mine', build: createColour } as never)).toThrow(
    "unknown option 'build'",
  );
  const forget = registerFamily({ name: 'mine', create: () => createColour({ name: 'colour' }) });
  expect(() => createModel({ name: 'mine' })).toThrow(
    "The family 'mine' made a model named \"colour\"; create must return a model whose config.name is 'mine'",
  );
  forget();
  const odd = { ...createColour({ name: 'colour' }), config: { name: 'colour', make: () => 1 } };
  await expect(encodeModel(odd)).rejects.toThrow(
    "Model 'colour': JSON does not keep its configuration's 'make'; it must be plain values.",
  );
});

test('createModel is typed by family: presets, options and configuration; and suggests what was meant', () => {
  // @ts-expect-error: an option of no family.
  expect(() => createModel({ name: 'cnn', dropuot: 0.3 })).toThrow("Did you mean 'dropout'?");
  // @ts-expect-error: an option of another family.
  expect(() => createModel({ name: 'cnn', mlpRatio: 4 })).toThrow("has no option 'mlpRatio'");
  // @ts-expect-error: a preset of another family.
  expect(() => createModel({ name: 'cnn', preset: 'resnet18' })).toThrow(
    "It has: cnn-small, cnn-fine, cnn-p4m, cnn-p4m-light. 'resnet18' is a preset of 'resnet'.",
  );
  // @ts-expect-error: a value of another type.
  expect(() => createModel({ name: 'cnn', widths: 16 })).toThrow("'widths' must be");
  expect(() => createModel({ name: 'resent' })).toThrow("Did you mean 'resnet'?");
  expect(() => createModel({ name: 'resnet18' })).toThrow(
    "'resnet18' is a preset: createModel({ name: 'resnet', preset: 'resnet18' })",
  );
  const model = createModel({ name: 'cnn', preset: 'cnn-fine' });
  const { config } = model;
  const widths: readonly number[] | undefined = config.name === 'cnn' ? config.widths : undefined;
  expect(widths).toEqual([32, 64, 96]);
  createModel(config).dispose();
  const first: PresetName<'cnn'> | undefined = presetNames('cnn')[0];
  expect(first).toBe('cnn-small');
  model.dispose();
});
