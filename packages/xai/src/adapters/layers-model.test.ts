import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { difference, finiteDifferenceCam } from '../../test/helpers/finite-difference.js';
import { gradCam } from '../attributions/grad-cam.js';
import { fromLayersModel } from './layers-model.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const pixels = [1, -2, 3, 0.5, -1, 0, 2, -3];
const small = () => tf.tensor4d(pixels, [2, 2, 2, 1]);

/** relu(x), relu(−x) → mean → 1, 2: the map is (relu(x) + 2 relu(−x)) / Z, whatever the last activation. */
function signs(activation: 'linear' | 'sigmoid' | 'separate'): tf.Sequential {
  const model = tf.sequential();
  model.add(
    tf.layers.conv2d({
      name: 'conv',
      inputShape: [2, 2, 1],
      filters: 2,
      kernelSize: 1,
      activation: 'relu',
      useBias: false,
    }),
  );
  model.add(tf.layers.globalAveragePooling2d({ name: 'pool', dataFormat: 'channelsLast' }));
  model.add(
    tf.layers.dense({
      name: 'dense',
      units: 1,
      useBias: false,
      activation: activation === 'separate' ? 'linear' : activation,
    }),
  );
  if (activation === 'separate') model.add(tf.layers.activation({ name: 'sigmoid', activation: 'sigmoid' }));
  model.setWeights([tf.tensor4d([1, -1], [1, 1, 1, 2]), tf.tensor2d([1, 2], [2, 1])]);
  return model;
}

/** Branches, a nested model used twice, a concatenation, batch norm and dropout. */
function branched(): tf.LayersModel {
  const init = (seed: number) => tf.initializers.randomNormal({ stddev: 0.2, seed });
  const conv = (name: string, filters: number, seed: number, more: object = {}) =>
    tf.layers.conv2d({
      name,
      filters,
      kernelSize: 3,
      padding: 'same',
      kernelInitializer: init(seed),
      ...more,
    });
  const image = tf.input({ shape: [6, 8, 3] });
  const block = tf.sequential({
    name: 'block',
    layers: [conv('inner', 4, 1, { inputShape: [6, 8, 4] }), tf.layers.elu({ name: 'elu' })],
  });
  const stem = conv('stem', 4, 2).apply(image) as tf.SymbolicTensor;
  const once = block.apply(stem) as tf.SymbolicTensor;
  const twice = block.apply(once) as tf.SymbolicTensor;
  const sum = tf.layers.add({ name: 'add' }).apply([stem, twice]) as tf.SymbolicTensor;
  const both = tf.layers.concatenate({ name: 'concat' }).apply([sum, once]) as tf.SymbolicTensor;
  const norm = tf.layers
    .batchNormalization({ name: 'norm', movingVarianceInitializer: tf.initializers.constant({ value: 2 }) })
    .apply(both) as tf.SymbolicTensor;
  const dropped = tf.layers.dropout({ name: 'dropout', rate: 0.5 }).apply(norm) as tf.SymbolicTensor;
  const pooled = tf.layers
    .globalMaxPooling2d({ name: 'pool', dataFormat: 'channelsLast' })
    .apply(dropped) as tf.SymbolicTensor;
  const average = tf.layers
    .globalAveragePooling2d({ name: 'mean', dataFormat: 'channelsLast' })
    .apply(dropped);
  const features = tf.layers
    .add({ name: 'features' })
    .apply([pooled, average as tf.SymbolicTensor]) as tf.SymbolicTensor;
  const hidden = tf.layers.dense({
    name: 'hidden',
    units: 5,
    activation: 'tanh',
    kernelInitializer: init(3),
  });
  const dense = tf.layers.dense({
    name: 'dense',
    units: 3,
    activation: 'softmax',
    kernelInitializer: init(4),
  });
  return tf.model({ inputs: image, outputs: dense.apply(hidden.apply(features)) as tf.SymbolicTensor });
}

describe('fromLayersModel', () => {
  it.each(['linear', 'sigmoid', 'separate'] as const)(
    'gives the map known by hand (last activation: %s)',
    async (last) => {
      const model = signs(last);
      const map = await gradCam(fromLayersModel(model), small()).data();
      expect([...map]).toEqual(
        pixels.map((x) => expect.closeTo((Math.max(x, 0) + 2 * Math.max(-x, 0)) / 4, 6)),
      );
    },
  );

  it('explains the probability where asked to', async () => {
    const model = fromLayersModel(signs('sigmoid'), { logits: false });
    const p = (model.forward(small()).dataSync() as Float32Array)[0]!;
    const map = await gradCam(model, small()).data();
    expect(map[0]).toBeCloseTo((p * (1 - p)) / 4, 6);
  });

  it('runs branches, nested and shared layers, batch norm and dropout as the model does', () => {
    const model = branched();
    const images = tf.randomNormal<tf.Rank.R4>([3, 6, 8, 3], 0, 1, 'float32', 5);
    const own = model.predict(images) as tf.Tensor;
    expect(fromLayersModel(model, { logits: false }).forward(images).dataSync()).toEqual(own.dataSync());
    const logits = fromLayersModel(model).forward(images);
    expect(tf.max(tf.abs(tf.sub(tf.softmax(logits as tf.Tensor2D), own))).dataSync()[0]).toBeLessThan(1e-6);
  });

  it.each(['stem', 'block/elu', 'block/inner#2', 'add', 'dropout'])(
    'agrees with finite differences at %s',
    async (layer) => {
      const model = fromLayersModel(branched());
      const images = tf.randomNormal<tf.Rank.R4>([2, 6, 8, 3], 0, 1, 'float32', 6);
      const map = gradCam(model, images, { layer, target: [2, 0], resize: false }).dataSync();
      const score = (logits: tf.Tensor) =>
        tf.sum(
          tf.mul(logits, [
            [0, 0, 1],
            [1, 0, 0],
          ]),
          -1,
        );
      const expected = finiteDifferenceCam(model, images, { layer, score, step: 6e-4 }).flat();
      expect(difference(map, expected)).toBeLessThan(0.01);
    },
  );

  it('lists maps of more than one cell, and takes a model that starts with another model', () => {
    const names = fromLayersModel(branched()).layers!.map(({ name }) => name);
    expect(names).toEqual([
      'stem',
      'block/inner',
      'block/elu',
      'block/inner#2',
      'block/elu#2',
      'add',
      'concat',
      'norm',
      'dropout',
    ]);
    const base = tf.sequential({
      layers: [tf.layers.conv2d({ name: 'c', inputShape: [4, 4, 1], filters: 2, kernelSize: 4 })],
    });
    const outer = tf.sequential({
      layers: [base, tf.layers.flatten({ name: 'f' }), tf.layers.dense({ name: 'd', units: 1 })],
    });
    expect(fromLayersModel(outer).layers).toEqual([]);
    expect(() => fromLayersModel(outer, { layers: ['c'] })).toThrow(`it has: ${base.name}/c, f, d`);
    const explained = fromLayersModel(outer, { layers: [`${base.name}/c`] });
    expect(gradCam(explained, tf.ones([1, 4, 4, 1])).shape).toEqual([1, 4, 4]);
  });

  it('says which layers there are, and refuses models it cannot explain', () => {
    expect(() => fromLayersModel(signs('linear'), { layers: ['cnov'] })).toThrow(
      /no layer 'cnov'; it has: conv, pool, dense/,
    );
    expect(() => gradCam(fromLayersModel(signs('linear')), small(), { layer: 'cnov' })).toThrow(
      /'cnov'; the model has: conv/,
    );
    expect(() => fromLayersModel(tf.sequential())).toThrow(/not built/);
    const inputs = [tf.input({ shape: [2, 2, 1] }), tf.input({ shape: [2, 2, 1] })];
    const two = tf.model({ inputs, outputs: tf.layers.add().apply(inputs) as tf.SymbolicTensor });
    expect(() => fromLayersModel(two)).toThrow(/2 inputs/);
  });

  it('leaves no tensor behind and the model as it was', () => {
    const keras = signs('sigmoid');
    const images = small();
    const before = (keras.predict(images) as tf.Tensor).dataSync();
    const model = fromLayersModel(keras);
    const count = tf.memory().numTensors;
    gradCam(model, images).dispose();
    expect(tf.memory().numTensors).toBe(count);
    expect((keras.predict(images) as tf.Tensor).dataSync()).toEqual(before);
  });

  const end = (...layers: tf.layers.Layer[]): tf.LayersModel => {
    const model = signs('linear');
    const [conv, pool, dense] = model.layers;
    return tf.sequential({ layers: [conv!, pool!, dense!, ...layers].map(again) });
  };
  /** The same layer, not yet called. */
  const again = (layer: tf.layers.Layer): tf.layers.Layer =>
    layer.inboundNodes.length === 0
      ? layer
      : (layer.constructor as unknown as { fromConfig(c: unknown, d: unknown): tf.layers.Layer }).fromConfig(
          layer.constructor,
          { ...layer.getConfig(), batchInputShape: layer.batchInputShape },
        );
  const squash = (activation: 'sigmoid' | 'hardSigmoid' | 'softmax' | 'logSoftmax' | 'linear') =>
    tf.layers.activation({ activation: activation as 'sigmoid' });
  const nested = (...layers: tf.layers.Layer[]) => {
    const image = tf.input({ shape: [1] });
    const out = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, image);
    return tf.model({ name: 'head', inputs: image, outputs: out });
  };
  const identity = () =>
    tf.layers.dense({
      units: 1,
      useBias: false,
      kernelInitializer: 'ones',
      activation: 'sigmoid',
    });
  const ends: Record<string, () => tf.layers.Layer[]> = {
    'sigmoid → reshape': () => [
      squash('sigmoid'),
      tf.layers.reshape({ targetShape: [1, 1] }),
      tf.layers.flatten(),
    ],
    'sigmoid → dropout → linear': () => [
      squash('sigmoid'),
      tf.layers.dropout({ rate: 0.5 }),
      squash('linear'),
    ],
    'sigmoid → noise': () => [squash('sigmoid'), tf.layers.gaussianNoise({ stddev: 1 })],
    'hard sigmoid': () => [squash('hardSigmoid')],
    'a layer’s activation → reshape': () => [identity(), tf.layers.reshape({ targetShape: [1] })],
    'in a nested model': () => [nested(identity())],
    'in a nested model → dropout': () => [
      nested(identity(), tf.layers.dropout({ rate: 0.1 })),
      squash('linear'),
    ],
    'log-softmax': () => [squash('logSoftmax')],
  };
  it.each(Object.keys(ends))('explains the score, not the probability: %s', async (name) => {
    const model = end(...ends[name]!());
    const [kernel, dense] = signs('linear').getWeights();
    model.layers[0]!.setWeights([kernel!]);
    model.layers[2]!.setWeights([dense!]);
    const own = (model.predict(small()) as tf.Tensor).dataSync();
    const explained = fromLayersModel(model);
    const map = await gradCam(explained, small(), { layer: 'conv' }).data();
    expect([...map]).toEqual(
      pixels.map((x) => expect.closeTo((Math.max(x, 0) + 2 * Math.max(-x, 0)) / 4, 6)),
    );
    expect((model.predict(small()) as tf.Tensor).dataSync()).toEqual(own);
    expect(fromLayersModel(model, { logits: false }).forward(small()).dataSync()).toEqual(own);
  });

  it('explains the scores of a map before its softmax, over whatever axis, as a function of them says', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ name: 'c', inputShape: [2, 2, 1], filters: 2, kernelSize: 1, useBias: false }),
        tf.layers.softmax({ name: 'p' }),
        tf.layers.permute({ name: 'classesFirst', dims: [3, 1, 2] }),
      ],
    });
    model.setWeights([tf.tensor4d([1, -1], [1, 1, 1, 2])]);
    const explained = fromLayersModel(model, { layers: ['c'] });
    expect(explained.forward(small()).shape).toEqual([2, 2, 2, 2]);
    const second = (scores: tf.Tensor) => tf.mean(tf.slice(scores, [0, 1], [-1, 1]), [1, 2, 3]);
    // α = (0, 1/4), and the score of the second class is −x.
    const map = gradCam(explained, small(), { target: second }).dataSync();
    expect([...map]).toEqual(pixels.map((x) => expect.closeTo(-x / 4, 5)));
  });

  it('leaves the activation of a recurrent layer, which is part of its every step', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ name: 'c', inputShape: [4, 4, 1], filters: 2, kernelSize: 1 }),
        tf.layers.reshape({ targetShape: [16, 2] }),
        tf.layers.simpleRNN({ units: 1, activation: 'sigmoid' }),
      ],
    });
    const images = tf.randomNormal<tf.Rank.R4>([1, 4, 4, 1], 0, 1, 'float32', 1);
    expect(fromLayersModel(model).forward(images).dataSync()).toEqual(
      (model.predict(images) as tf.Tensor).dataSync(),
    );
  });

  it('names the layers of a Sequential that is the first of a Sequential, to any depth', () => {
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.conv2d({ name: 'c', inputShape: [4, 4, 1], filters: 2, kernelSize: 3 })],
    });
    const middle = tf.sequential({ name: 'middle', layers: [inner, tf.layers.reLU({ name: 'r' })] });
    const outer = tf.sequential({
      layers: [middle, tf.layers.flatten({ name: 'f' }), tf.layers.dense({ name: 'd', units: 1 })],
    });
    const model = fromLayersModel(outer);
    expect(model.layers!.map(({ name }) => name)).toEqual(['middle/inner/c', 'middle/r']);
    const images = tf.randomNormal<tf.Rank.R4>([2, 4, 4, 1], 0, 1, 'float32', 2);
    expect(model.forward(images).dataSync()).toEqual((outer.predict(images) as tf.Tensor).dataSync());
    expect(gradCam(model, images).shape).toEqual([2, 4, 4]);
  });

  it('refuses a model that is channels first, and options that it does not read', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({
          name: 'c',
          inputShape: [3, 16, 16],
          filters: 2,
          kernelSize: 3,
          dataFormat: 'channelsFirst',
        }),
        tf.layers.globalAveragePooling2d({ dataFormat: 'channelsFirst' }),
      ],
    });
    expect(() => fromLayersModel(model)).toThrow(
      `LayersModel '${model.name}' is channels first (layer 'c'); explained are models of images [B, H, W, C]: build it with dataFormat 'channelsLast', which takes the same weights.`,
    );
    expect(() => fromLayersModel(signs('linear'), { layer: 'conv' } as never)).toThrow(
      "fromLayersModel: unknown option 'layer'; did you mean 'layers'?",
    );
  });
});
