import * as tf from '@tensorflow/tfjs-core';
import { sequence } from './compare.js';

export interface Net {
  readonly shapes: readonly (readonly number[])[];
  /** Mean loss, from the parameters. */
  readonly loss: (...parameters: tf.Tensor[]) => tf.Scalar;
}

export function parametersOf(shapes: readonly (readonly number[])[]): tf.Tensor[] {
  return shapes.map((shape, i) => {
    const size = tf.util.sizeFromShape([...shape]);
    const scale = 1 / Math.sqrt(shape.length > 1 ? size / shape.at(-1)! : 1);
    return tf.tensor(
      sequence(size, i).map((x) => x * scale),
      [...shape],
    );
  });
}

const images = (side: number): tf.Tensor4D =>
  tf.tensor4d(sequence(2 * side * side * 3, 50), [2, side, side, 3]);
const labels = (): tf.Tensor1D => tf.tensor1d([0, 1]);

function bce(logits: tf.Tensor): tf.Scalar {
  const z = tf.reshape(logits, [2]);
  return tf.mean(tf.sub(tf.softplus(z), tf.mul(z, labels())));
}

function batchNorm(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-3)));
  return tf.add(tf.mul(normal, scale), offset);
}

const conv = (x: tf.Tensor, w: tf.Tensor, stride = 1): tf.Tensor =>
  tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, 'same');

/** Small nets of the kinds that are trained here, with train-mode batch norm. */
export const NETS: Readonly<Record<string, Net>> = {
  conv: {
    shapes: [[3, 3, 3, 8], [8], [8], [3, 3, 8, 6], [6, 1]],
    loss: (w1, scale, offset, w2, head) => {
      const a = tf.relu(batchNorm(conv(images(8), w1!), scale!, offset!));
      const b = tf.maxPool(tf.relu(conv(a, w2!)) as tf.Tensor4D, 2, 2, 'same');
      return bce(tf.matMul(tf.mean(b, [1, 2]), head as tf.Tensor2D));
    },
  },
  residual: {
    shapes: [[7, 7, 3, 8], [8], [8], [3, 3, 8, 16], [3, 3, 16, 16], [1, 1, 8, 16], [16, 1]],
    loss: (stem, scale, offset, w1, w2, shortcut, head) => {
      const a = tf.relu(batchNorm(conv(images(15), stem!, 2), scale!, offset!));
      const b = conv(tf.relu(conv(a, w1!, 2)), w2!);
      const sum = tf.relu(tf.add(b, conv(a, shortcut!, 2)));
      return bce(tf.matMul(tf.mean(sum, [1, 2]), head as tf.Tensor2D));
    },
  },
  attention: {
    shapes: [
      [4, 4, 3, 12],
      [4, 12],
      [12, 36],
      [12, 24],
      [24, 12],
      [12, 1],
    ],
    loss: (patch, position, qkv, up, down, head) => {
      const tokens = tf.reshape(tf.conv2d(images(8), patch as tf.Tensor4D, 4, 'valid'), [2, 4, 12]);
      const x = tf.add(tokens, position!);
      const flat = (t: tf.Tensor, w: tf.Tensor): tf.Tensor =>
        tf.reshape(tf.matMul(tf.reshape(t, [8, -1]), w), [2, 4, -1]);
      const heads = tf.transpose(tf.reshape(flat(x, qkv!), [2, 4, 3, 2, 6]), [2, 0, 3, 1, 4]);
      const [q, k, v] = tf.unstack(heads) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const weights = tf.softmax(tf.div(tf.matMul(q, k, false, true), Math.sqrt(6)));
      const mixed = tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [2, 4, 12]);
      const y = tf.add(x, mixed);
      const hidden = flat(y, up!);
      const gelu = tf.mul(hidden, tf.mul(0.5, tf.add(1, tf.erf(tf.div(hidden, Math.SQRT2)))));
      const z = tf.add(y, flat(gelu, down!));
      return bce(tf.matMul(tf.mean(z, 1), head as tf.Tensor2D));
    },
  },
};
