import { colorize, fromLayersModel, gradCam, overlay } from '@pcam/xai';
import * as tf from '@tensorflow/tfjs';

const size = 32;

/** Grad-CAM of a LayersModel of this project's own, on the given tfjs backend. */
export async function explain(backend) {
  if (!(await tf.setBackend(backend))) throw new Error(`no backend ${backend}`);
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

  const images = waves([2, size, size, 3], 9).mul(0.5).add(0.5);
  const maps = gradCam(fromLayersModel(layersModel), images, { layer: 'conv2' });
  const [first] = tf.unstack(maps);
  const pixels = overlay(await tf.unstack(images)[0].data(), await first.data());
  return {
    backend: tf.getBackend(),
    shape: maps.shape,
    maps: [...(await maps.data())],
    colors: [...colorize(await first.data())].slice(0, 8),
    pixels: [...pixels],
    size,
  };
}

/** Numbers in [-1, 1], the same everywhere. */
function waves(shape, seed) {
  const count = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from(
      { length: count },
      (_, index) => Math.sin(seed + index * 0.37) * Math.cos(index * 0.051 * seed),
    ),
    shape,
  );
}
