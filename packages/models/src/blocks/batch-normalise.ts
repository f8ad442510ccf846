import { hasKernel, runKernel } from '@pcam/tfjs-gradients';
import { customGrad, type Tensor, type Tensor1D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { composedForward, type Normalisation, type Operands } from './batch-norm-composed.js';
import { batchNormGradients } from './batch-norm-gradient.js';

/** Statistics of one batch, per channel: biased variance over `count` values. */
export interface ChannelMoments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
  readonly count: number;
}

export interface BatchNormaliseOptions extends Normalisation {
  /** Sees the batch's statistics, which live until it returns. */
  readonly onMoments?: (moments: ChannelMoments) => void;
}

/**
 * y = (x − μ) / √(σ² + ε) · weight + bias over the batch's own statistics, as one op with its closed-form
 * gradient (Ioffe & Szegedy 2015, arXiv:1502.03167, section 3). Left to automatic differentiation, it passes
 * over the activation some thirty times.
 *
 * The gradient can be differentiated again, to any order; some engines have kernels (see @pcam/tfjs-gradients) for the
 * first two.
 *
 * @param x `[B, h, w, C]`
 */
export function batchNormalise(
  x: Tensor4D,
  weight: Tensor1D,
  bias: Tensor1D,
  options: BatchNormaliseOptions,
): Tensor4D {
  const count = x.shape[0] * x.shape[1] * x.shape[2];
  const op = customGrad((...args) => {
    const [x, weight, bias, save] = args as unknown as [...Operands, (kept: Tensor[]) => void];
    const { y, mean, variance } = forward([x, weight, bias], options);
    options.onMoments?.({ mean, variance, count });
    save([x, weight, bias, mean, variance]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const [x, weight, bias, mean, variance] = saved as [...Operands, Tensor1D, Tensor1D];
          return batchNormGradients(dy as Tensor4D, [x, weight, bias], [mean, variance], options);
        }),
    };
  });
  return op(x, weight, bias) as Tensor4D;
}

function forward(operands: Operands, of: Normalisation): { y: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  if (!hasKernel('BatchNormTrain')) return composedForward(operands, of);
  const [x, weight, bias] = operands;
  const { epsilon, activation } = of;
  const outputs = runKernel<Tensor[]>('BatchNormTrain', { x, weight, bias }, { epsilon, activation });
  const [y, mean, variance] = outputs as [Tensor4D, Tensor1D, Tensor1D];
  return { y, mean, variance };
}
