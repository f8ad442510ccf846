// The networks of ../fixtures/grad-cam.py, line by line, on the same weights.
import * as tf from '@tensorflow/tfjs';
import { type Explainable, fromFunction, type Layer, type TappedForward } from '../../src/index.js';
import { noise } from './noise.js';

function kernel(seed: number, size: number, inputs: number, outputs: number): tf.Tensor4D {
  return noise(seed, [size, size, inputs, outputs], Math.sqrt(6 / (size * size * inputs))) as tf.Tensor4D;
}

function batchNorm(x: tf.Tensor4D, seed: number): tf.Tensor4D {
  const size = [x.shape[3]];
  const [mean, shift] = [noise(seed, size, 0.2), noise(seed + 2, size, 0.2)] as tf.Tensor1D[];
  const [variance, scale] = [
    noise(seed + 1, size, 0.5).add(1),
    noise(seed + 3, size, 0.3).add(1),
  ] as tf.Tensor1D[];
  return tf.batchNorm(x, mean!, variance!, shift!, scale!, 1e-3);
}

const residual: TappedForward = (images, tap) => {
  let x = tf.relu(batchNorm(tf.conv2d(images, kernel(1, 3, 3, 8), 1, 'same'), 10));
  x = tap('stem', tf.maxPool(x, 2, 2, 'valid')) as tf.Tensor4D;
  for (const [block, [inputs, outputs, stride]] of (
    [
      [8, 8, 1],
      [8, 12, 2],
    ] as const
  ).entries()) {
    const seed = 100 * (block + 1);
    let y = tf.relu(batchNorm(tf.conv2d(x, kernel(seed, 3, inputs, outputs), stride, 'same'), seed + 10));
    y = batchNorm(tf.conv2d(y, kernel(seed + 1, 3, outputs, outputs), 1, 'same'), seed + 20);
    const skip = stride === 1 ? x : tf.conv2d(x, kernel(seed + 2, 1, inputs, outputs), stride, 'same');
    x = tap(`block${block}`, tf.relu(tf.add(y, skip))) as tf.Tensor4D;
  }
  return tf.add(tf.matMul(tf.mean(x, [1, 2]), noise(900, [12, 3], 0.7)), noise(901, [3], 0.5));
};

const transformer =
  (classToken: boolean): TappedForward =>
  (images, tap) => {
    const [width, heads] = [16, 2];
    const patches = tf.conv2d(images, kernel(2000, 4, 3, width), 4, 'valid');
    const [batch, rows, columns] = patches.shape;
    const product = (a: tf.Tensor, seed: number, to: number, scale: number): tf.Tensor => {
      const from = a.shape.at(-1)!;
      const flat = tf.matMul(a.reshape([-1, from]), noise(seed, [from, to], scale));
      return flat.reshape([...a.shape.slice(0, -1), to]);
    };
    let x: tf.Tensor = patches
      .reshape([batch, rows * columns, width])
      .add(noise(2001, [rows * columns, width], 0.3));
    if (classToken) x = tf.concat([noise(2002, [1, 1, width], 0.5).tile([batch, 1, 1]), x], 1);
    x = tap('embedding', x);
    for (const block of [0, 1]) {
      const seed = 2100 + 100 * block;
      const { mean, variance } = tf.moments(x, -1, true);
      let y = x.sub(mean).mul(tf.rsqrt(variance.add(1e-5)));
      y = y.mul(noise(seed, [width], 0.2).add(1)).add(noise(seed + 1, [width], 0.2));
      const [q, k, v] = tf
        .split(product(y, seed + 2, 3 * width, 0.4), 3, -1)
        .map((part) => part.reshape([batch, -1, heads, width / heads]).transpose([0, 2, 1, 3]));
      const attention = tf.softmax(tf.matMul(q!, k!, false, true).div(Math.sqrt(width / heads)));
      const mixed = tf.matMul(attention, v!).transpose([0, 2, 1, 3]).reshape([batch, -1, width]);
      x = x.add(product(mixed, seed + 3, width, 0.4));
      const hidden = tf.relu(product(x, seed + 4, 2 * width, 0.4).add(noise(seed + 5, [2 * width], 0.2)));
      x = tap(`block${block}`, x.add(product(hidden, seed + 6, width, 0.3)));
    }
    const pooled = classToken ? x.slice([0, 0, 0], [-1, 1, -1]).reshape([batch, width]) : tf.mean(x, 1);
    return tf.matMul(pooled as tf.Tensor2D, noise(2900, [width, 1], 0.7));
  };

const tokens = (classTokens: number): Layer[] =>
  ['embedding', 'block0', 'block1'].map((name) => ({ name, kind: 'tokens', classTokens, stride: 4 }));

export const referenceNets: Readonly<Record<string, Explainable>> = {
  residual: fromFunction(residual, {
    layers: ['stem', 'block0', 'block1'].map((name) => ({ name, kind: 'map' })),
  }),
  transformer: fromFunction(transformer(false), { layers: tokens(0) }),
  transformerWithClassToken: fromFunction(transformer(true), { layers: tokens(1) }),
};
