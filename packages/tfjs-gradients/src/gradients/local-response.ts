import {
  add,
  engine,
  type GradConfig,
  type LRNAttrs,
  mul,
  pow,
  square,
  sub,
  type Tensor,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../registry.js';
import { throughMatrix } from './spread.js';

/**
 * As tfjs's where nobody differentiates it, else composed of differentiable ops.
 *
 * y = x · n^−β with n = bias + α Σ x² over the channels around (Krizhevsky et al. 2012, section 3.3), so
 * dx = dy · n^−β − 2αβ x Σ dy · x · n^(−β−1).
 */
export const localResponse: GradConfig = {
  kernelName: 'LRN',
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (given, saved, attrs) => {
    const [x, y] = saved as [Tensor, Tensor];
    const dy = given as Tensor;
    const { depthRadius, bias, alpha, beta } = attrs as unknown as LRNAttrs;
    return {
      x: () => {
        if (!engine().isTapeOn()) return runKernel('LRNGrad', { x, y, dy }, attrs);
        const around = band(x.shape[3]!, depthRadius);
        const norm = add(mul(throughMatrix(square(x), 3, around), alpha), bias);
        const crosswise = throughMatrix(mul(mul(dy, x), pow(norm, -beta - 1)), 3, around);
        return sub(mul(dy, pow(norm, -beta)), mul(mul(x, crosswise), 2 * alpha * beta));
      },
    };
  },
};

/** 1 where two channels are at most `radius` apart. */
function band(channels: number, radius: number): Tensor {
  const marks = Float32Array.from({ length: channels ** 2 }, (_, i) =>
    Math.abs(Math.floor(i / channels) - (i % channels)) <= radius ? 1 : 0,
  );
  return tensor2d(marks, [channels, channels]);
}
