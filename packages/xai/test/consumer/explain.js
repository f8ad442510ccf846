import { colorize, fromLayersModel, gradCam, overlay } from '@pcam/xai';
import * as tf from '@tensorflow/tfjs';
import { loadModel, size, waves } from './model.js';

/** Grad-CAM of a LayersModel of this project's own, on the given tfjs backend. */
export async function explain(backend) {
  if (!(await tf.setBackend(backend))) throw new Error(`no backend ${backend}`);
  const layersModel = loadModel();

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
    image: [...(await rgba(tf.unstack(images)[0]))],
    size,
  };
}

/** The bytes of an image as ImageData holds them. */
function rgba(image) {
  return tf.concat([tf.round(image.mul(255)), tf.fill([size, size, 1], 255)], 2).data();
}
