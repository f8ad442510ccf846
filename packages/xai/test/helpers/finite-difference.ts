import * as tf from '@tensorflow/tfjs';
import type { Explainable } from '../../src/index.js';

/**
 * Grad-CAM without any gradient: ∂y/∂A_k summed over places is how y changes when all of
 * channel k is raised a little, which a tap can do. Returns `[B, h·w]`, one image after the
 * other so that the batch plays no part.
 */
export function finiteDifferenceCam(
  model: Explainable,
  images: tf.Tensor4D,
  layer: string,
  score: (output: tf.Tensor) => tf.Tensor,
  step = 1e-2,
): number[][] {
  return tf.tidy(() =>
    (tf.split(images, images.shape[0]) as tf.Tensor4D[]).map((image) => {
      let activation: tf.Tensor4D | undefined;
      model.forward(image, {
        tap: (name, value) => {
          if (name === layer) activation = tf.keep(value.clone()) as tf.Tensor4D;
          return value;
        },
      });
      const [, h, w, channels] = activation!.shape;
      const at = (channel: number, by: number): number => {
        const nudge = tf.oneHot(tf.scalar(channel, 'int32'), channels).mul(by);
        const tap = (name: string, value: tf.Tensor) => (name === layer ? value.add(nudge) : value);
        return tf.sum(score(model.forward(image, { tap }))).dataSync()[0]!;
      };
      const alpha = Array.from(
        { length: channels },
        (_, k) => (at(k, step) - at(k, -step)) / (2 * step * h * w),
      );
      const map = [...activation!.mul(alpha).sum(-1).dataSync()];
      activation!.dispose();
      return map;
    }),
  );
}
