import { mean, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';

/** The mean of every channel over batch and space, `[C]`. */
export function channelMeans(x: Tensor4D): Tensor1D {
  return mean(mean(x, [1, 2]), 0) as Tensor1D;
}
