import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Explainable } from './explainable.js';
import { gradCam } from './grad-cam.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/**
 * Logit = mean(A_0) − 2·mean(A_1) with A = [x, x²]: α = (1, −2)/4 on a 2×2 grid, so the
 * map is (x − 2x²)/4.
 */
const quadratic: Explainable = {
  layers: [{ name: 'features', kind: 'map' }],
  forward: (images, options) => {
    const features = tf.concat([images, tf.square(images)], 3);
    const tapped = options?.tap?.('features', features) ?? features;
    return tf.sum(tf.mul(tf.mean(tapped, [1, 2]), [[1, -2]]), -1);
  },
};

describe('gradCam', () => {
  it('is the definition on a network small enough to do by hand, for each image of a batch', async () => {
    const images = tf.tensor4d([1, 2, 3, 4, -1, 0, 0.5, 1], [2, 2, 2, 1]);
    const map = gradCam(quadratic, images);
    expect(map.shape).toEqual([2, 2, 2]);
    const expected = [1, 2, 3, 4, -1, 0, 0.5, 1].map((x) => (x - 2 * x * x) / 4);
    expect([...(await map.data())]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  });
});
