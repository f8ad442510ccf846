import { useEngine } from '@pcam/engine';
import { createModel } from '@pcam/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAST } from '../../engine/test/engines.js';
import { type Explainable, gradCam } from '../src/index.js';
import { difference, finiteDifferenceCam } from './helpers/finite-difference.js';
import { noise } from './helpers/noise.js';

const cases = [
  { name: 'cnn', layer: undefined },
  { name: 'resnet', layer: undefined },
  { name: 'vit', depth: 2, layer: undefined },
  { name: 'vit', depth: 2, layer: 'blocks.0' },
  { name: 'vit', depth: 2, pool: 'class', layer: 'blocks.0' },
] as const;

const engines = ['cpu', ...FAST] as const;

describe.each(engines)('the models of @pcam/models on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  it.each(cases)('%j agrees with finite differences', ({ layer, ...options }) => {
    const model = createModel({ ...options, seed: 3 });
    const images = tf.tidy(() => tf.add(noise(5, [2, 32, 64, 3], 0.5), 0.5)) as tf.Tensor4D;
    const count = tf.memory().numTensors;
    const map = gradCam(model, images, { ...(layer && { layer }), resize: false });
    expect(tf.memory().numTensors).toBe(count + 1);

    const described = model.layers.find(({ name }) => name === (layer ?? model.layers.at(-1)!.name))!;
    const [rows, columns] = [32 / described.stride, 64 / described.stride];
    expect(map.shape).toEqual([2, rows, columns]);
    const places = [0, 1, rows * columns - 1];
    const expected = finiteDifferenceCam(model, images, {
      layer: described.name,
      score: (logits) => logits,
      classTokens: described.kind === 'tokens' ? described.classTokens : 0,
      places,
    });
    const values = map.dataSync();
    const actual = [0, 1].flatMap((image) => places.map((place) => values[image * rows * columns + place]!));
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0);
    expect(difference(actual, expected.flat())).toBeLessThan(0.02);
    tf.dispose([map, images]);
    model.dispose();
  });

  it('looks before the last attention where the head reads the class token alone', () => {
    const model: Explainable & { dispose(): void } = createModel({
      name: 'vit',
      depth: 2,
      pool: 'class',
      seed: 3,
    });
    const images = tf.ones<tf.Rank.R4>([1, 64, 32, 3]);
    const map = gradCam(model, images);
    expect(map.shape).toEqual([1, 64, 32]);
    expect(Math.max(...map.dataSync().map(Math.abs))).toBeGreaterThan(0);
    tf.dispose([map, images]);
    model.dispose();
  });
});
