import * as tf from '@tensorflow/tfjs-core';
import { maxPool } from '../../src/index.js';
import { any, apart, map, type Row, within } from './inputs.js';

export const rowsOfOps: readonly Row[] = [
  {
    what: 'convolution fused with its bias, dilated',
    op: (x, w, b) =>
      tf.fused.conv2d({ x: map(x), filter: map(w), bias: b!, strides: 1, pad: 'same', dilations: [2, 3] }),
    inputs: [within(-1, 1, [1, 5, 6, 2]), within(-1, 1, [2, 2, 2, 2], 1), within(-1, 1, [2])],
  },
  {
    what: 'convolution fused with its bias, of one image',
    op: (x, w, b) =>
      tf.fused.conv2d({ x: x as tf.Tensor3D, filter: map(w), bias: b!, strides: [2, 1], pad: 'valid' }),
    inputs: [within(-1, 1, [5, 4, 2]), within(-1, 1, [3, 2, 2, 2], 1), within(-1, 1, [2])],
  },
  {
    what: 'depthwise convolution fused, dilated',
    op: (x, w) => tf.fused.depthwiseConv2d({ x: map(x), filter: map(w), strides: 1, pad: 1, dilations: 2 }),
    inputs: [within(-1, 1, [1, 5, 4, 2]), within(-1, 1, [2, 2, 2, 2], 1)],
  },
  { what: 'logSigmoid', op: (x) => tf.logSigmoid(x!), inputs: [any] },
  { what: 'logSoftmax', op: (x) => tf.logSoftmax(x!), inputs: [any] },
  {
    what: 'softmaxCrossEntropy',
    op: (labels, logits) =>
      tf.losses.softmaxCrossEntropy(labels!, logits!, undefined, 0.1, tf.Reduction.NONE),
    inputs: [within(0.1, 0.9, [2, 3]), any],
  },
  {
    what: 'sigmoidCrossEntropy',
    op: (logits) => tf.losses.sigmoidCrossEntropy(tf.tensor2d([[0, 1, 1]]), logits!),
    inputs: [apart([1, 3])],
  },
  { what: 'swish', op: (x) => tf.mul(x!, tf.sigmoid(x!)), inputs: [any] },
  {
    what: 'gelu',
    op: (x) => tf.mul(x!, tf.mul(0.5, tf.add(1, tf.erf(tf.div(x!, Math.SQRT2))))),
    inputs: [any],
  },
  { what: 'mish', op: (x) => tf.mul(x!, tf.tanh(tf.softplus(x!))), inputs: [any] },
  {
    what: 'layer norm',
    op: (x) => {
      const { mean, variance } = tf.moments(x!, 1, true);
      return tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, 0.01)));
    },
    inputs: [any],
  },
  {
    what: 'maxPool of overlapping windows',
    op: (x) => maxPool(map(x), 3, 2, 1),
    inputs: [apart([2, 6, 8, 2])],
  },
  {
    what: 'maxPool with a border on one side',
    op: (x) => maxPool(map(x), [3, 2], [2, 1], 'same'),
    inputs: [apart([1, 6, 5, 2])],
  },
  {
    what: 'maxPool with places between windows',
    op: (x) => maxPool(map(x), 2, 3, 'valid'),
    inputs: [apart([1, 7, 6, 2])],
  },
  {
    what: 'a gradient of its own, by its output',
    op: (x) =>
      tf.customGrad((...args) => {
        const [x, save] = args as unknown as [tf.Tensor, (kept: tf.Tensor[]) => void];
        const value = tf.exp(x);
        save([value, x]);
        return { value, gradFunc: (dy: tf.Tensor, [y]: tf.Tensor[]) => tf.mul(dy, y!) };
      })(x!),
    inputs: [any],
  },
];
