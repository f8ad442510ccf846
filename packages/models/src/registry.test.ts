import { readFileSync } from 'node:fs';
import { useEngine } from '@pcam/engine';
import { memory, ones, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createModel, familyHelp, modelNames, optionNames, presetNames } from './registry.js';

beforeAll(async () => {
  await useEngine('cpu');
});

const refused: [string, object, RegExp][] = [
  [
    'an unknown name',
    { name: 'alexnet' },
    /no model "alexnet"\. There are: cnn, densenet, fcn, resnet, vit\./,
  ],
  ['an inherited name', { name: 'toString' }, /no model "toString"/],
  ['no name', {}, /no model undefined/],
  [
    'a preset without its family',
    { preset: 'resnet18' },
    /'resnet18' is a preset: createModel\(\{ name: 'resnet', preset: 'resnet18' \}\)/,
  ],
  ['a U-Net', { name: 'unet' }, /no model "unet".*createUnet makes one/],
  ['a bare name', 'cnn' as never, /^createModel takes an object, such as \{ name: 'cnn' \}, not "cnn"\.$/],
  [
    'nothing',
    undefined as never,
    /^createModel takes an object, such as \{ name: 'cnn' \}, not undefined\.$/,
  ],
  [
    'an unknown preset',
    { name: 'resnet', preset: 'resnet19' },
    /no preset "resnet19"\. It has: resnet-small, resnet18/,
  ],
  [
    'an unknown option',
    { name: 'cnn', width: 3 },
    /'cnn' has no option 'width'\. It has: stemWidth, widths,/,
  ],
  [
    'a wrong type',
    { name: 'cnn', widths: 16 },
    /option 'widths' must be a list of whole numbers of at least 1, not 16/,
  ],
  ['a rate of 1', { name: 'vit', dropout: 1 }, /'dropout' must be a number of at least 0 and below 1, not 1/],
  [
    'a field by a name',
    { name: 'fcn', poolField: 'centre' },
    /'poolField' must be 'patch' or the side in pixels .* \(32 for what was called centre\), not "centre"/,
  ],
  ['a choice', { name: 'resnet', block: 'wide' }, /'block' must be one of basic, bottleneck, not "wide"/],
  [
    'stages that disagree',
    { name: 'cnn', widths: [8, 8] },
    /'widths', 'depths' and 'strides' must have one value a stage/,
  ],
  [
    'turns of strided windows',
    { name: 'cnn', group: 'p4', downsampling: 'strided' },
    /^Model 'cnn': option 'group' 'p4' needs 'downsampling' 'symmetric', for 'strided' does not commute with turns\.$/,
  ],
  [
    'heads that do not divide',
    { name: 'vit', heads: 5 },
    /'heads' must divide 'width', but 64 \/ 5 is not whole/,
  ],
  ['a zero deviation', { name: 'cnn', std: [1, 0, 1] }, /'std' must be three positive numbers/],
  ['a seed that is no number', { name: 'cnn', seed: 'x' }, /'seed' must be a whole number, not "x"/],
];

test.each(refused)(
  'createModel refuses %s, in one line and without leaving tensors',
  (_, options, message) => {
    const before = memory().numTensors;
    expect(() => createModel(options as never)).toThrow(message);
    expect(() => createModel(options as never)).not.toThrow(/\n/);
    expect(memory().numTensors).toBe(before);
  },
);

test.each<[number[], RegExp]>([
  [[96, 96, 3], /takes float32 images \[B, H, W, 3\].* not float32 \[96, 96, 3\]/],
  [[1, 96, 96, 4], /not float32 \[1, 96, 96, 4\]/],
  [[0, 96, 96, 3], /empty batch \[0, 96, 96, 3\]/],
  [[1, 16, 96, 3], /at least 32 that 16 divides, not 16×96/],
  [[1, 96, 100, 3], /at least 32 that 16 divides, not 96×100/],
])('forward refuses images of shape %j', (shape, message) => {
  const model = createModel({ name: 'cnn' });
  const images = ones(shape as [number, number, number, number]) as Tensor4D;
  expect(() => model.forward(images)).toThrow(message);
  const whole = ones([1, 32, 32, 3], 'int32') as Tensor4D;
  expect(() => model.forward(whole)).toThrow(/not int32/);
  images.dispose();
  whole.dispose();
  model.dispose();
  expect(() => model.forward(images)).toThrow(/was disposed; create or load it again/);
});

test('a densenet says which sizes it takes', () => {
  const model = createModel({ name: 'densenet', blocks: 3, growth: 2 });
  expect([model.stride, model.smallestSide]).toEqual([4, 20]);
  const images = [ones([1, 16, 20, 3]), ones([1, 22, 24, 3]), ones([1, 20, 24, 3])] as Tensor4D[];
  for (const small of images.slice(0, 2)) {
    expect(() => model.forward(small)).toThrow(
      /^Model 'densenet' takes heights and widths of at least 20 that 4 divides, not \d\d×2\d; crop or pad the images\.$/,
    );
  }
  model.forward(images[2]!).dispose();
  for (const image of images) image.dispose();
  model.dispose();
});

test('a tap must return a tensor of the layer’s shape', () => {
  const model = createModel({ name: 'cnn' });
  const images = ones([1, 32, 32, 3]) as Tensor4D;
  const before = memory().numTensors;
  expect(() => model.forward(images, { tap: () => undefined as never })).toThrow(
    /'stem' returned undefined; return .*\[1, 16, 16, 16\]/,
  );
  expect(() => model.forward(images, { tap: () => images })).toThrow(
    /'stem' returned shape \[1, 32, 32, 3\]/,
  );
  expect(memory().numTensors).toBe(before);
  images.dispose();
  model.dispose();
});

test('options override the preset, and the preset the defaults', () => {
  const model = createModel({ name: 'resnet', preset: 'resnet18', depths: [1, 1, 1, 1] });
  expect(model.config).toMatchObject({ name: 'resnet', stemWidth: 64, depths: [1, 1, 1, 1], block: 'basic' });
  expect(model.config).not.toHaveProperty('preset');
  expect(model.config).not.toHaveProperty('seed');
  model.dispose();
});

test('the README tells of every family and preset, and help of every family', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const name of modelNames) {
    expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\| \`${presetNames(name)[0]}\` +\\|`, 'm'));
    for (const preset of presetNames(name)) expect(readme).toContain(`| \`${preset}\` `);
    expect(familyHelp).toContain(`${name}: `);
  }
});

test('a family knows its options', () => {
  expect(optionNames('fcn')).toEqual(expect.arrayContaining(['widths', 'headBias', 'dropout', 'mean']));
  expect(optionNames('vit')).not.toContain('headBias');
});
