import * as tf from '@tensorflow/tfjs-core';
import { noise, type Op, STEP, type Values } from './second-order.js';

export interface Row {
  /** What it is there for; undefined where an op is no kernel or is made of several. */
  readonly kernel?: string;
  /** Which of several of one kernel, or what op. */
  readonly what?: string;
  readonly op: Op;
  readonly inputs: readonly Values[];
}

export const nameOf = ({ kernel, what }: Row): string => [kernel, what].filter(Boolean).join(', ');

/** Values further apart, and further from 0, than a test moves them, so that no kink is crossed. */
export function apart(shape: readonly number[], seed = 0, offset = 0): Values {
  const size = tf.util.sizeFromShape([...shape]);
  const order = noise(size, seed + 1)
    .map((key, i) => [key, i] as const)
    .sort(([a], [b]) => a - b);
  const values = new Array<number>(size);
  for (const [place, [, i]] of order.entries())
    values[i] = (place - Math.floor(size / 2) + 0.5 + offset) * 10 * STEP;
  return { shape, values };
}

/** Within `from` and `to`. */
export function within(from: number, to: number, shape: readonly number[], seed = 0): Values {
  const values = noise(tf.util.sizeFromShape([...shape]), seed + 3);
  return { shape, values: values.map((value) => from + ((value + 1) / 2) * (to - from)) };
}

export const map = (x: tf.Tensor | undefined): tf.Tensor4D => x as tf.Tensor4D;
export const volume = (x: tf.Tensor | undefined): tf.Tensor5D => x as tf.Tensor5D;
export const any: Values = within(-1.2, 1.2, [2, 3]);

export const at = (strides: number, pad: string): object => ({
  strides: [strides, strides],
  pad,
  dataFormat: 'NHWC',
  dilations: [1, 1],
  dimRoundingMode: undefined,
});
