import { mul, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Pass } from '../pass.js';

/** Zeroes values with probability `rate` and scales the rest up (Srivastava et al. 2014, JMLR 15). */
export function dropout<T extends Tensor>(x: T, rate: number, name: string, pass: Pass): T {
  if (!pass.training || rate === 0) return x;
  return mul<T>(x, keepMask(x.shape, rate, name, pass));
}

/**
 * Drops a whole residual branch for some images of the batch and scales the rest up
 * (Huang et al. 2016, arXiv:1603.09382).
 */
export function dropPath<T extends Tensor>(branch: T, rate: number, name: string, pass: Pass): T {
  if (!pass.training || rate === 0) return branch;
  const perImage = branch.shape.map((size, axis) => (axis === 0 ? size : 1));
  return mul<T>(branch, keepMask(perImage, rate, name, pass));
}

/** The drop rate of block `index` of `count`: rising linearly from 0 to `rate`, as in the paper. */
export function dropPathRate(rate: number, index: number, count: number): number {
  return count === 1 ? rate : (rate * index) / (count - 1);
}

function keepMask(shape: number[], rate: number, name: string, pass: Pass): Tensor {
  const random = pass.random(name);
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, () => (random.uniform() < rate ? 0 : 1 / (1 - rate)));
  return tensor(values, shape);
}
