import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradCam } from '../attributions/grad-cam.js';
import { fromFunction } from './function.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const pixels = [1, -2, 3, 0.5];
const images = () => tf.tensor4d(pixels, [1, 2, 2, 1]);
const features = (x: tf.Tensor4D): tf.Tensor => tf.concat([x, tf.square(x)], 3);
const head = (x: tf.Tensor): tf.Tensor => tf.matMul(tf.mean(x, [1, 2]), [[1], [-2]]);
const expected = pixels.map((x) => expect.closeTo((x - 2 * x * x) / 4, 6));

describe('fromFunction', () => {
  it('explains a pair of functions at the layer where they meet', async () => {
    expect([...(await gradCam(fromFunction({ features, head }), images()).data())]).toEqual(expected);
  });

  it('explains a function that taps its layers', async () => {
    const model = fromFunction((x, tap) => head(tap('squares', features(x))));
    expect([...(await gradCam(model, images(), { layer: 'squares' }).data())]).toEqual(expected);
    expect(() => gradCam(model, images())).toThrow(
      /Name a layer, as in layer: 'squares'; the model has: squares/,
    );
    expect(() => gradCam(model, images(), { layer: 'cubes' })).toThrow(
      /no layer 'cubes'; the model has: squares/,
    );
  });

  it('puts tokens back on their grid, class tokens dropped', async () => {
    // Tokens [class, 4 places] of (x, x²); the head sees all of them, the class token's share is no part of the map.
    const tokens = (x: tf.Tensor4D): tf.Tensor =>
      tf.concat([tf.ones([x.shape[0], 1, 2]), tf.reshape(features(x), [x.shape[0], -1, 2])], 1);
    const readout = (t: tf.Tensor): tf.Tensor => tf.matMul(tf.mean(t, 1), [[1], [-2]]);
    const model = fromFunction(
      { features: tokens, head: readout },
      { layers: [{ name: 'tokens', kind: 'tokens', classTokens: 1 }] },
    );
    const map = gradCam(model, images());
    expect(map.shape).toEqual([1, 2, 2]);
    expect([...(await map.data())]).toEqual(pixels.map((x) => expect.closeTo((x - 2 * x * x) / 5, 6)));
  });

  it('wants one layer for a pair', () => {
    expect(() => fromFunction({ features, head }, { layers: [] })).toThrow(/one layer/);
  });
});
