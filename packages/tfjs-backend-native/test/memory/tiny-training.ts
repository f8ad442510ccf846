import * as tf from '@tensorflow/tfjs-core';

const SIZE = 12;
const CLASSES = 4;

/** Convolutions, batch normalisation, pooling, a product and Adam: one step of training each time it is called. */
export function tinyTraining(): (step: number) => number {
  const weights = {
    conv1: tf.variable(tf.randomNormal<tf.Rank.R4>([3, 3, 3, 4], 0, 0.2, 'float32', 1)),
    gamma: tf.variable(tf.ones([4])),
    beta: tf.variable(tf.zeros([4])),
    conv2: tf.variable(tf.randomNormal<tf.Rank.R4>([3, 3, 4, 8], 0, 0.1, 'float32', 2)),
    dense: tf.variable(tf.randomNormal<tf.Rank.R2>([(SIZE / 4) ** 2 * 8, CLASSES], 0, 0.1, 'float32', 3)),
    bias: tf.variable(tf.zeros<tf.Rank.R1>([CLASSES])),
  };
  const optimizer = tf.train.adam(1e-3);

  const logits = (images: tf.Tensor4D): tf.Tensor2D => {
    const maps = tf.conv2d(images, weights.conv1, 1, 'same');
    const { mean, variance } = tf.moments(maps, [0, 1, 2]);
    const normal = tf.mul(tf.sub(maps, mean), tf.rsqrt(tf.add(variance, 1e-3)));
    const first = tf.relu(tf.add(tf.mul(normal, weights.gamma), weights.beta));
    const pooled = tf.maxPool(first as tf.Tensor4D, 2, 2, 'same');
    const second = tf.relu(tf.conv2d(pooled, weights.conv2, 1, 'same'));
    const flat = tf.reshape(tf.maxPool(second, 2, 2, 'same'), [images.shape[0], -1]);
    return tf.add(tf.matMul(flat, weights.dense), weights.bias) as tf.Tensor2D;
  };

  return (step) => {
    // The last batch of an epoch is smaller: buffers of other sizes come and go.
    const batch = step % 10 === 9 ? 5 : 8;
    const { pixels, labels } = batchOf(batch, step);
    const images = tf.tensor4d(pixels, [batch, SIZE, SIZE, 3]);
    const { value, grads } = tf.variableGrads(() => {
      const logProbabilities = tf.logSoftmax(logits(images));
      const targets = tf.oneHot(tf.tensor1d(labels, 'int32'), CLASSES);
      return tf.neg(tf.mean(tf.sum(tf.mul(logProbabilities, targets), 1))) as tf.Scalar;
    });
    optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
    const loss = value.dataSync()[0]!;
    tf.dispose([images, value, grads]);
    return loss;
  };
}

/** An image's class is where its bright stripe is: soon learned. */
function batchOf(batch: number, step: number): { pixels: Float32Array; labels: Int32Array } {
  const labels = Int32Array.from({ length: batch }, (_, i) => (step * 7 + i * 3) % CLASSES);
  const pixels = new Float32Array(batch * SIZE * SIZE * 3);
  labels.forEach((label, i) => {
    const row = (i * SIZE + label * (SIZE / CLASSES)) * SIZE * 3;
    pixels.fill(1, row, row + (SIZE / CLASSES) * SIZE * 3);
  });
  return { pixels, labels };
}
