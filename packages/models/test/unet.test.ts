/* The contract of createUnet; test/torch-parity.test.ts has its numbers. */
import { useEngine } from '@pcam/engine';
import {
  image,
  max,
  mean,
  memory,
  type Scalar,
  slice,
  softplus,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { upsample } from '../src/blocks/upsample.js';
import {
  countFlops,
  countParameters,
  createModel,
  createUnet,
  decodeModel,
  decodeUnet,
  encodeModel,
  readWeights,
} from '../src/index.js';
import { expectGradient, reproducible } from './differences.js';
import { formulaImages, setFormulaWeights } from './formula.js';

const tiny = { widths: [4, 6, 8], seed: 3 };

beforeAll(async () => {
  await useEngine('wasm');
});

test('gives one logit per pixel at every size that its stride divides', () => {
  const model = createUnet(tiny);
  expect(model.stride).toBe(4);
  for (const [height, width] of [
    [32, 32],
    [36, 64],
  ] as const) {
    tidy(() => {
      const logits = model.forward(formulaImages([2, height, width, 3]));
      expect(logits.shape).toEqual([2, height, width]);
      expect(new Set(logits.dataSync()).size).toBeGreaterThan(height * width);
    });
  }
  for (const shape of [
    [1, 34, 32, 3],
    [1, 32, 28, 3],
    [0, 32, 32, 3],
    [1, 32, 32, 1],
  ] as [number, number, number, number][]) {
    const images = formulaImages(shape);
    expect(() => model.forward(images)).toThrow(/'unet'/);
    images.dispose();
  }
  model.dispose();
});

test('has the parameters and operations that the README tells', async () => {
  const model = createUnet();
  const rows = [countParameters(model), Math.round((await countFlops(model, 96, 96)) / 1e6)];
  expect(rows).toEqual([205_441, 334]);
  model.dispose();
});

test('draws the same weights from the same seed and others from another', async () => {
  const [first, again, other] = [createUnet(tiny), createUnet(tiny), createUnet({ ...tiny, seed: 4 })];
  expect(await readWeights(again)).toEqual(await readWeights(first));
  expect(await readWeights(other)).not.toEqual(await readWeights(first));
  for (const model of [first, again, other]) model.dispose();
});

test('predicts each image alone', () => {
  const model = createUnet(tiny);
  setFormulaWeights(model);
  tidy(() => {
    const images = formulaImages([2, 32, 32, 3]);
    const both = model.forward(images).dataSync();
    const alone = model.forward(slice(images, [1, 0, 0, 0], [1, 32, 32, 3])).dataSync();
    for (const [i, logit] of alone.entries()) expect(logit).toBeCloseTo(both[32 * 32 + i]!, 5);
  });
  model.dispose();
});

test('upsampling is nearest-neighbour resizing', () => {
  tidy(() => {
    const x = reproducible<Tensor4D>('map', [2, 3, 5, 4]);
    const expected = image.resizeNearestNeighbor(x, [6, 10]);
    expect(Array.from(upsample(x).dataSync())).toEqual(Array.from(expected.dataSync()));
  });
});

test('sends each weight the slope of the loss', () => {
  const model = createUnet({ widths: [2, 3], downDepth: 1, seed: 1 });
  tidy(() => {
    const images = formulaImages([1, 32, 32, 3]);
    const loss = (): Scalar => mean(softplus(model.forward(images, { training: true }))) as Scalar;
    const trainable = [...model.variables.values()].filter((v) => v.trainable);
    const { grads } = variableGrads(loss, trainable);
    for (const v of trainable) {
      const own = v.clone();
      const at = ([x]: Tensor[]): Scalar => {
        v.assign(x!);
        return loss();
      };
      expectGradient(at, [own], [grads[v.name]!], { step: 2e-3, tolerance: 3e-2 });
      v.assign(own);
    }
  });
  model.dispose();
});

test('dropout needs a seed in training, repeats with it, and is off outside', () => {
  const model = createUnet({ ...tiny, dropout: 0.5 });
  tidy(() => {
    const images = formulaImages([1, 32, 32, 3]);
    const logits = (options?: { training: boolean; seed?: number }): number[] =>
      Array.from(model.forward(images, options).dataSync());
    expect(() => logits({ training: true })).toThrow(/'dropout' drops at random.*seed/);
    expect(logits({ training: true, seed: 1 })).toEqual(logits({ training: true, seed: 1 }));
    expect(logits({ training: true, seed: 2 })).not.toEqual(logits({ training: true, seed: 1 }));
    expect(logits()).toEqual(logits());
  });
  model.dispose();
});

test('is saved and loaded bit for bit, and not mistaken for a classifier', async () => {
  const model = createUnet({ ...tiny, dropout: 0.25, upDepth: 2 });
  setFormulaWeights(model);
  const bytes = await encodeModel(model);
  const loaded = decodeUnet(bytes);
  expect(loaded.config).toEqual(model.config);
  expect(await readWeights(loaded)).toEqual(await readWeights(model));
  expect(() => decodeModel(bytes)).toThrow(/no model "unet"/);
  const classifier = createModel({ name: 'cnn', widths: [8], depths: [1], strides: [2] });
  const other = await encodeModel(classifier);
  expect(() => decodeUnet(other)).toThrow(/createUnet builds 'unet', not "cnn"/);
  for (const each of [model, loaded, classifier]) each.dispose();
});

test('refuses options it does not have, and leaves no tensor behind', () => {
  const before = memory().numTensors;
  expect(() => createUnet({ ...tiny, widths: [] })).toThrow(/'widths' must be a list of whole numbers/);
  expect(() => createUnet({ ...tiny, depth: 2 } as object)).toThrow(/no option 'depth'/);
  expect(() => createUnet({ ...tiny, seed: 0.5 })).toThrow(/'seed' must be a whole number/);
  const model = createUnet(tiny);
  tidy(() => max(model.forward(formulaImages([1, 32, 32, 3]), { training: true })).dataSync());
  model.dispose();
  expect(memory().numTensors).toBe(before);
  expect(() => model.forward(tensor([]) as Tensor4D)).toThrow(/was disposed/);
});
