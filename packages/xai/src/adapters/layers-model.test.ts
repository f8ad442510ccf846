import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { difference, finiteDifferenceCam } from '../../test/helpers/finite-difference.js';
import { gradCam } from '../grad-cam.js';
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
    const explained = fromLayersModel(outer, { layers: ['c'] });
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
});
