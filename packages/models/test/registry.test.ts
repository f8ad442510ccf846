/* Every preset of every family keeps the contract of src/model.ts. */
import { useEngine } from '@pcam/engine';
import {
  abs,
  grads,
  max,
  mean,
  memory,
  type Scalar,
  softplus,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
  variableGrads,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type CreateModelOptions,
  countFlops,
  createModel,
  decodeModel,
  encodeModel,
  type Layer,
  type Model,
  modelNames,
  presetNames,
} from '../src/index.js';
import { formulaImages, setFormulaWeights } from './formula.js';

interface Entry {
  readonly label: string;
  readonly options: CreateModelOptions;
}

const entries: Entry[] = modelNames.flatMap((name) =>
  presetNames(name).map((preset) => ({
    label: `${name} ${preset}`,
    options: { name, preset } as CreateModelOptions,
  })),
);
/** The ImageNet-sized presets share all code with the others: they are run once, on small images. */
const small = entries.filter(({ label }) => !/resnet(18|34|50)$/.test(label));

/** 64, or what the model asks for. */
function sideOf(model: Model): number {
  return Math.max(64, model.smallestSide!);
}

/** Along one axis of an image; convolutions without padding take as many at its end as before its first. */
function cellsOf({ stride, origin = 0 }: Layer, side: number): number {
  return origin < stride ? side / stride : (side - 1 - 2 * origin) / stride + 1;
}

function imagesFor(model: Model): Tensor4D {
  const side = sideOf(model);
  return formulaImages([2, side, side, 3]);
}

function prepared(options: CreateModelOptions): Model {
  const model = createModel(options);
  setFormulaWeights(model);
  return model;
}

function logitsOf(model: Model, images: Tensor4D): number[] {
  return tidy(() => Array.from(model.forward(images).dataSync()));
}

function largestOf(x: Tensor): number {
  return max(abs(x)).dataSync()[0]!;
}

function trainable(model: Model) {
  return [...model.variables.values()].filter((variable) => variable.trainable);
}

beforeAll(async () => {
  await useEngine('wasm');
});

test('the registry knows every family of the contract', () => {
  expect(modelNames).toEqual(['cnn', 'densenet', 'fcn', 'resnet', 'vit']);
});

describe.each(entries)('$label', ({ options }) => {
  test('takes small images and shows every layer to the tap in the declared order and shape', () => {
    const model = createModel(options);
    tidy(() => {
      const seen: string[] = [];
      const logits = model.forward(imagesFor(model), {
        tap: (layer, activation) => {
          seen.push(`${layer} ${activation.shape}`);
          return activation;
        },
      });
      expect(logits.shape).toEqual([2]);
      expect(seen).toEqual(
        model.layers.map((layer) => {
          const side = cellsOf(layer, sideOf(model));
          if (layer.kind === 'map') return `${layer.name} ${[2, side, side, layer.channels]}`;
          return `${layer.name} ${[2, layer.classTokens + side * side, layer.channels]}`;
        }),
      );
    });
    model.dispose();
  });
});

describe.each(small)('$label', ({ options }) => {
  test('is deterministic and independent of the batch at its smallest size, 96×96 and 192×192', () => {
    const model = prepared(options);
    for (const [height, width] of [
      [sideOf(model), sideOf(model)],
      [96, 96],
      [192, 192],
      [sideOf(model), 96],
    ] as const) {
      tidy(() => {
        const images = formulaImages([2, height, width, 3]);
        const together = logitsOf(model, images);
        expect(logitsOf(model, images)).toEqual(together);
        const values = images.dataSync();
        const size = height * width * 3;
        for (const [index, logit] of together.entries()) {
          const one = tensor(values.slice(index * size, (index + 1) * size), [
            1,
            height,
            width,
            3,
          ]) as Tensor4D;
          const [alone] = logitsOf(model, one);
          expect(Math.abs(alone! - logit)).toBeLessThan(1e-5 * Math.max(1, Math.abs(logit)));
        }
        expect(new Set(together).size).toBe(2);
      });
    }
    model.dispose();
  });

  test('goes on with what the tap returns', () => {
    const model = prepared(options);
    tidy(() => {
      const images = imagesFor(model);
      const untouched = logitsOf(model, images);
      for (const { name } of model.layers) {
        const tap = (layer: string, activation: Tensor): Tensor =>
          layer === name ? zerosLike(activation) : activation;
        const [first, second] = model.forward(images, { tap }).dataSync();
        // Nothing of the image is left behind the layer, so both logits are one.
        expect(first, name).toBe(second);
        expect(first, name).not.toBe(untouched[0]);
      }
    });
    model.dispose();
  });

  test('sends gradients to every trainable variable, and to the images', () => {
    const model = prepared(options);
    tidy(() => {
      const images = imagesFor(model);
      const loss = (): Scalar => mean(softplus(model.forward(images, { training: true, seed: 5 }))) as Scalar;
      const { grads: byName } = variableGrads(loss, trainable(model));
      for (const [name, variable] of model.variables) {
        if (!variable.trainable) continue;
        const gradient = byName[variable.name]!;
        expect(gradient.shape, name).toEqual(variable.shape);
        const largest = largestOf(gradient);
        // Softmax ignores a shift of all its inputs, so the keys' bias has a gradient of zero.
        if (!name.endsWith('attention.key.bias')) expect(largest, name).toBeGreaterThan(1e-7);
        expect(largest, name).toBeLessThan(1e4);
      }
      const [toImages] = grads((x: Tensor) => mean(model.forward(x as Tensor4D)))([images]);
      expect(largestOf(toImages!)).toBeGreaterThan(1e-9);
    });
    model.dispose();
  });

  test('is the same after saving and loading, to the bit', async () => {
    const model = prepared(options);
    const loaded = decodeModel(await encodeModel(model));
    expect(loaded.config).toEqual(model.config);
    expect(loaded.layers).toEqual(model.layers);
    expect([...loaded.variables.keys()]).toEqual([...model.variables.keys()]);
    for (const [name, variable] of model.variables) {
      const twin = loaded.variables.get(name)!;
      expect(twin.trainable).toBe(variable.trainable);
      expect(Buffer.from(twin.dataSync().buffer).equals(Buffer.from(variable.dataSync().buffer)), name).toBe(
        true,
      );
    }
    const images = imagesFor(model);
    expect(logitsOf(loaded, images)).toEqual(logitsOf(model, images));
    images.dispose();
    model.dispose();
    loaded.dispose();
  });

  test('leaks no tensor in inference, a training step, or its disposal', async () => {
    const before = memory().numTensors;
    const model = createModel(options);
    const images = imagesFor(model);
    expect(memory().numTensors - before).toBe(model.variables.size + 1);
    model.forward(images).dispose();
    // What is computed of weights alone may be kept from the first pass on, and goes with the model.
    const created = memory().numTensors;
    model.forward(images, { tap: (_, activation) => activation }).dispose();
    expect(memory().numTensors).toBe(created);
    for (let step = 0; step < 2; step++) {
      const loss = (): Scalar =>
        mean(softplus(model.forward(images, { training: true, seed: step }))) as Scalar;
      const { value, grads: byName } = variableGrads(loss, trainable(model));
      value.dispose();
      for (const gradient of Object.values(byName)) gradient.dispose();
      expect(memory().numTensors).toBe(created);
    }
    await countFlops(model, sideOf(model), sideOf(model));
    expect(memory().numTensors).toBe(created);
    model.dispose();
    model.dispose();
    images.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('draws its weights from the seed alone, and its dropout from the seed of the pass', () => {
    const [one, same, other] = [7, 7, 8].map((seed) => createModel({ ...options, seed, dropout: 0.5 }));
    tidy(() => {
      const images = imagesFor(one!);
      expect(logitsOf(same!, images)).toEqual(logitsOf(one!, images));
      expect(logitsOf(other!, images)).not.toEqual(logitsOf(one!, images));
      const pass = (seed: number): number[] =>
        Array.from(one!.forward(images, { training: true, seed }).dataSync());
      expect(pass(3)).toEqual(pass(3));
      expect(pass(3)).not.toEqual(pass(4));
      expect(() => one!.forward(images, { training: true })).toThrow(
        /drops at random in training: pass .*seed/,
      );
    });
    for (const model of [one, same, other]) model!.dispose();
  });

  test('can be built again from its configuration', () => {
    const model = createModel(options);
    const again = createModel(JSON.parse(JSON.stringify(model.config)));
    expect(again.config).toEqual(model.config);
    expect([...again.variables].map(([name, v]) => [name, v.shape])).toEqual(
      [...model.variables].map(([name, v]) => [name, v.shape]),
    );
    model.dispose();
    again.dispose();
  });
});
