import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { smoothMaps } from '../segment/smooth.js';
import type { Attribution } from './attribution.js';
import { averagedMaps } from './averaged.js';
import { dihedralMaps } from './dihedral.js';
import { multiScaleMaps } from './multi-scale.js';
import { paddedMaps } from './padded.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const images = (): tf.Tensor4D => tf.randomUniform([2, 40, 24, 1], 0, 1, 'float32', 'images');
/** Sees what lies left of a pixel. */
const attribute: Attribution = (x) =>
  tf.squeeze(tf.conv2d(x, tf.tensor4d([1, -2, 0.5], [1, 3, 1, 1]), 1, 'same'), [3]);
const same = (a: tf.Tensor, b: tf.Tensor): void => expect([...a.dataSync()]).toEqual([...b.dataSync()]);

it('is what its parts make, one within another, to the last bit', () => {
  const x = images();
  const padded: Attribution = (y) => paddedMaps(attribute, y, 4);
  same(averagedMaps(attribute, x, { margin: 4 }), dihedralMaps(padded, x));
  same(averagedMaps(attribute, x, { views: 'one', smoothing: 2 }), smoothMaps(attribute(x), 2));
  const scales = [0.75, 1, 1.25];
  const all = multiScaleMaps((y) => dihedralMaps(padded, y), x, { scales, multiple: 32 });
  same(averagedMaps(attribute, x, { margin: 4, scales, smoothing: 1, stride: 8 }), smoothMaps(all, 1));
});

it('widens the margin until the stride divides the larger image', () => {
  const seen: number[][] = [];
  const watch: Attribution = (x) => {
    seen.push(x.shape.slice(1, 3));
    return attribute(x);
  };
  averagedMaps(watch, images(), { views: 'one', margin: 5, stride: 16 });
  averagedMaps(watch, images(), { views: 'one', margin: 5, stride: 32 }); // 40 + 2m and 24 + 2m are never both
  averagedMaps(watch, images(), { views: 'one', margin: 5 });
  expect(seen).toEqual([
    [64, 48],
    [50, 34],
    [50, 34],
  ]);
});

it('leaves one tensor, and says what is wrong', () => {
  const x = images();
  const before = tf.memory().numTensors;
  averagedMaps(attribute, x, { margin: 2, smoothing: 1 }).dispose();
  expect(tf.memory().numTensors).toBe(before);
  expect(() => averagedMaps(attribute, x, { view: 'one' } as never)).toThrow("did you mean 'views'?");
  expect(() => averagedMaps(attribute, x, { stride: 0 })).toThrow('stride is 0; expected a positive integer');
  expect(() => averagedMaps(attribute, x, { margin: 41 })).toThrow('margin is 41');
});
