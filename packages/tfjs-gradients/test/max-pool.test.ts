import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { maxPool, registerGradients } from '../src/index.js';
import { onBackends } from './backends.js';
import { noise } from './sweep/second-order.js';

type Pool = readonly [size: [number, number], strides: [number, number], pad: 'same' | 'valid' | number];

const POOLS: readonly Pool[] = [
  [[3, 3], [2, 2], 1],
  [[3, 2], [2, 1], 'same'],
  [[2, 2], [3, 3], 'valid'],
  [[2, 4], [4, 3], 'same'],
  [[1, 1], [2, 2], 'valid'],
];

/** What flows back to an image, pixel by pixel: each window's dy to its first greatest value. */
function sentBack(x: tf.Tensor4D, dy: tf.Tensor4D, [size, strides, pad]: Pool): number[] {
  const { padInfo } = tf.backend_util.computePool2DInfo(x.shape, size, strides, 1, pad);
  const [, height, width, channels] = x.shape;
  const [, rows, columns] = dy.shape;
  const [values, given] = [x.dataSync(), dy.dataSync()];
  const sums = new Array<number>(values.length).fill(0);
  for (const [i, amount] of given.entries()) {
    const channel = i % channels;
    const column = Math.floor(i / channels) % columns;
    const row = Math.floor(i / channels / columns) % rows;
    const image = Math.floor(i / channels / columns / rows);
    let best = -1;
    for (let r = 0; r < size[0]; r++) {
      for (let c = 0; c < size[1]; c++) {
        const y = row * strides[0] - padInfo.top + r;
        const at = column * strides[1] - padInfo.left + c;
        if (y < 0 || y >= height || at < 0 || at >= width) continue;
        const cell = ((image * height + y) * width + at) * channels + channel;
        if (best < 0 || values[cell]! > values[best]!) best = cell;
      }
    }
    sums[best]! += amount;
  }
  return sums;
}

onBackends((backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    await registerGradients();
  });

  it.each(POOLS)('windows of %s by strides of %s, %s: the first of equals gets all', (...pool) => {
    const tensors = tf.memory().numTensors;
    tf.tidy(() => {
      // Few different values, so that windows have ties.
      const values = noise(2 * 7 * 6 * 3, 4).map((value) => Math.round(value * 2));
      const x = tf.tensor4d(values, [2, 7, 6, 3]);
      const op = (x: tf.Tensor): tf.Tensor => maxPool(x as tf.Tensor4D, ...pool);
      const y = op(x) as tf.Tensor4D;
      expect([...y.dataSync()]).toEqual([...tf.maxPool(x, ...pool).dataSync()]);
      const dy = tf.tensor4d(noise(y.size, 5), y.shape);
      const sent = tf.grad(op)(x, dy).dataSync();
      const expected = sentBack(x, dy, pool);
      for (const [i, value] of sent.entries()) expect(value).toBeCloseTo(expected[i]!, 6);
    });
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
