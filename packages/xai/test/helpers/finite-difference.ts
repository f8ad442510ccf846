import * as tf from '@tensorflow/tfjs-core';
import type { Explainable } from '../../src/index.js';

export interface Probe {
  readonly layer: string;
  /** One number per image, `[B]`. */
  readonly score: (output: tf.Tensor) => tf.Tensor;
  readonly classTokens?: number;
  /** Cells of the layer's grid, counted row by row. Default: all. */
  readonly places?: readonly number[];
  /** The share of a cell's own features that is added everywhere. */
  readonly step?: number;
}

/**
 * Grad-CAM without any gradient. Its value at a cell p is Σ_k α_k A_k(p), with α_k the mean over
 * cells of ∂y/∂A_k: thus what y gains, per cell, as the features of p are added to every cell.
 * A tap can do that. Returns `[image][place]`.
 */
export function finiteDifferenceCam(model: Explainable, images: tf.Tensor4D, probe: Probe): number[][] {
  const { layer, score, classTokens = 0, step = 1e-2 } = probe;
  const run = (replace: (value: tf.Tensor) => tf.Tensor): Float32Array =>
    tf.tidy(() => {
      const tap = (name: string, value: tf.Tensor) => (name === layer ? replace(value) : value);
      return score(model.forward(images, { tap })).dataSync() as Float32Array;
    });
  let shape: number[] = [];
  run((value) => {
    shape = value.shape;
    return value;
  });
  const batch = shape[0]!;
  const channels = shape.at(-1)!;
  const cells = shape.slice(1, -1).reduce((product, length) => product * length, 1) - classTokens;
  const isCell = tf.tensor(Array.from({ length: classTokens + cells }, (_, i) => (i < classTokens ? 0 : 1)));
  const places = probe.places ?? Array.from({ length: cells }, (_, place) => place);
  const columns = places.map((place) => {
    const at = (amount: number): Float32Array =>
      run((value) => {
        const flat = tf.reshape(value, [batch, classTokens + cells, channels]);
        const features = tf.slice(flat, [0, classTokens + place, 0], [batch, 1, channels]);
        const added = tf.mul(tf.mul(features, amount), tf.reshape(isCell, [1, -1, 1]));
        return tf.reshape(tf.add(flat, added), shape);
      });
    const [more, less] = [at(step), at(-step)];
    return Array.from(more, (value, image) => (value - less[image]!) / (2 * step * cells));
  });
  isCell.dispose();
  return Array.from({ length: batch }, (_, image) => columns.map((column) => column[image]!));
}

/** The greatest difference, relative to the greatest expected value. */
export function difference(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!))) / largest;
}
