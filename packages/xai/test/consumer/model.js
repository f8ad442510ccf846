import * as tf from '@tensorflow/tfjs';

export const size = 32;

/** A LayersModel of this project's own, with the same weights each time. */
export function loadModel() {
  const layers = [
    tf.layers.conv2d({
      inputShape: [size, size, 3],
      filters: 8,
      kernelSize: 3,
      activation: 'relu',
      name: 'conv1',
    }),
    tf.layers.maxPooling2d({ poolSize: 2, name: 'pool' }),
    tf.layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu', name: 'conv2' }),
    tf.layers.globalAveragePooling2d({ name: 'mean', dataFormat: 'channelsLast' }),
    tf.layers.dense({ units: 1, activation: 'sigmoid', name: 'probability' }),
  ];
  const layersModel = tf.sequential({ layers });
  layersModel.setWeights(layersModel.getWeights().map(({ shape }, index) => waves(shape, index + 1)));
  return layersModel;
}

/** Numbers in [-1, 1], the same everywhere. */
export function waves(shape, seed) {
  const count = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from(
      { length: count },
      (_, index) => Math.sin(seed + index * 0.37) * Math.cos(index * 0.051 * seed),
    ),
    shape,
  );
}
