import { useEngine } from '@pcam/engine';
import { createModel } from '@pcam/models';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAST } from '../../engine/test/engines.js';
import {
  dihedralMaps,
  inputGradient,
  integratedGradients,
  multiScaleMaps,
  smoothMaps,
} from '../src/index.js';
import { difference } from './helpers/finite-difference.js';
import { noise } from './helpers/noise.js';

const engines = ['cpu', ...FAST] as const;
const cnn = { name: 'cnn', stemWidth: 4, widths: [8], depths: [1], strides: [2], seed: 3 } as const;
const vit = { name: 'vit', depth: 1, seed: 3 } as const;

/** What y gains, per unit, as all channels of one pixel of one image grow. */
function gain(
  model: ReturnType<typeof createModel>,
  images: tf.Tensor4D,
  place: readonly [image: number, y: number, x: number],
): number {
  const [image, y, x] = place;
  const step = 1e-2;
  return tf.tidy(() => {
    const [batch, height, width] = images.shape;
    const at = tf.buffer([batch, height, width, 1]);
    at.set(step, image, y, x, 0);
    const moved = (sign: number) =>
      model.forward(tf.add(images, tf.mul(at.toTensor(), sign)) as tf.Tensor4D).dataSync()[image]!;
    return (moved(1) - moved(-1)) / (2 * step);
  });
}

describe.each(engines)('gradient attributions of @pcam/models on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  it.each([cnn, vit])('$name: the gradient agrees with finite differences', (options) => {
    const model = createModel(options);
    const images = tf.tidy(() => tf.add(noise(5, [2, 32, 32, 3], 0.5), 0.5)) as tf.Tensor4D;
    const before = tf.memory().numTensors;
    const map = inputGradient(model, images);
    expect(tf.memory().numTensors).toBe(before + 1);
    const places = [
      [0, 0, 0],
      [0, 13, 7],
      [1, 16, 16],
      [1, 31, 20],
    ] as const;
    const values = map.arraySync();
    const actual = places.map(([image, y, x]) => values[image]![y]![x]!);
    const expected = places.map((place) => gain(model, images, place));
    expect(difference(actual, expected)).toBeLessThan(0.02);
    tf.dispose([map, images]);
    model.dispose();
  });

  it('the integrated gradient is complete, and averages and smoothing run', () => {
    const model = createModel(cnn);
    const images = tf.tidy(() => tf.add(noise(7, [2, 32, 32, 3], 0.5), 0.5)) as tf.Tensor4D;
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const map = integratedGradients(model, images, { baseline: 1, steps: 32 });
      const gains = tf.sub(model.forward(images), model.forward(tf.ones(images.shape))).dataSync();
      expect(difference(tf.sum(map, [1, 2]).dataSync(), [...gains])).toBeLessThan(0.02);
      const averaged = tf.add(
        dihedralMaps((x) => inputGradient(model, x), images),
        multiScaleMaps((x) => inputGradient(model, x), images, { scales: [1, 2] }),
      ) as tf.Tensor3D;
      const smooth = smoothMaps(averaged, 2);
      expect(smooth.shape).toEqual([2, 32, 32]);
      const [sum, expected] = [tf.sum(smooth).dataSync(), tf.sum(averaged).dataSync()[0]!];
      expect(difference(sum, [expected])).toBeLessThan(1e-3);
    });
    expect(tf.memory().numTensors).toBe(before);
    images.dispose();
    model.dispose();
  });
});
