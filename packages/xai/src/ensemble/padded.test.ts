import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import type { Attribution } from './attribution.js';
import { paddedMaps } from './padded.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const images = (): tf.Tensor4D => tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
/** The sum of each pixel's 3×3 neighbourhood, with zeros beyond the border. */
const neighbourhood: Attribution = (x) =>
  tf.reshape(
    tf.conv2d(x, tf.ones([3, 3, 1, 1]) as tf.Tensor4D, 1, 'same'),
    x.shape.slice(0, 3) as [number, number, number],
  );

it('sees the image reflected beyond its border', () => {
  // Beyond the corner of 1 lie 1, 1, 2, 1, 1, 2, 4, 4, 5 and so on.
  const expected = [21, 27, 33, 39, 45, 51, 57, 63, 69];
  expect([...paddedMaps(neighbourhood, images(), 1).dataSync()]).toEqual(expected);
  expect([...paddedMaps(neighbourhood, images(), 3).dataSync()]).toEqual(expected);
  const bare = [...neighbourhood(images()).dataSync()];
  expect([...paddedMaps(neighbourhood, images(), 0).dataSync()]).toEqual(bare);
  expect(bare).not.toEqual(expected);
});

it('leaves one tensor', () => {
  const input = images();
  const before = tf.memory().numTensors;
  paddedMaps(neighbourhood, input, 2).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it.each([-1, 0.5, 4, Number.NaN])('refuses a margin of %s', (margin) => {
  expect(() => paddedMaps(neighbourhood, images(), margin)).toThrow(/expected a whole number from 0 to 3/);
});
