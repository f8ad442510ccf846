import {
  add,
  customGrad,
  mul,
  neg,
  onesLike,
  relu,
  rsqrt,
  step,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { channelAffine, channelMeans } from './channels.js';
import { hasKernel, isFinal, runKernel } from './native-op.js';

/** Statistics of one batch, per channel: biased variance over `count` values. */
export interface ChannelMoments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
  readonly count: number;
}

export interface BatchNormaliseOptions {
  readonly epsilon: number;
  /** What follows the normalisation; ReLU joins in here because its gradient then saves no tensor of its own. */
  readonly activation: 'linear' | 'relu';
  /** Sees the batch's statistics, which live until it returns. */
  readonly onMoments?: (moments: ChannelMoments) => void;
}

/**
 * y = (x − μ) / √(σ² + ε) · weight + bias over the batch's own statistics, as one op with its closed-form
 * gradient (Ioffe & Szegedy 2015, arXiv:1502.03167, section 3). Left to automatic differentiation, it passes
 * over the activation some thirty times.
 *
 * The gradient depends on inputs only and is itself made of differentiable ops, so it can be differentiated
 * again; the kernels that some engines have (see native-op.ts) serve where it is not.
 *
 * @param x `[B, h, w, C]`
 */
export function batchNormalise(
  x: Tensor4D,
  weight: Tensor1D,
  bias: Tensor1D,
  options: BatchNormaliseOptions,
): Tensor4D {
  const { epsilon, activation } = options;
  const count = x.shape[0] * x.shape[1] * x.shape[2];
  const op = customGrad((...args) => {
    const [x, weight, bias, save] = args as unknown as [
      Tensor4D,
      Tensor1D,
      Tensor1D,
      (kept: Tensor[]) => void,
    ];
    const { y, mean, variance } = forward(x, weight, bias, options);
    options.onMoments?.({ mean, variance, count });
    save([x, weight, bias, mean, variance]);
    return {
      value: y,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const [x, weight, bias, mean, variance] = saved as Saved;
          if (isFinal('BatchNormTrainGrad')) {
            const inputs = { x, dy, weight, bias, mean, variance };
            return runKernel<Tensor[]>('BatchNormTrainGrad', inputs, { epsilon, activation });
          }
          // The saved statistics are constants: differentiated again, they must come from x.
          return gradients(dy as Tensor4D, [x, weight, bias], epsilon, activation === 'relu', count);
        }),
    };
  });
  return op(x, weight, bias) as Tensor4D;
}

type Saved = [x: Tensor4D, weight: Tensor1D, bias: Tensor1D, mean: Tensor1D, variance: Tensor1D];

function forward(
  x: Tensor4D,
  weight: Tensor1D,
  bias: Tensor1D,
  { epsilon, activation }: BatchNormaliseOptions,
): { y: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  if (hasKernel('BatchNormTrain')) {
    const outputs = runKernel<Tensor[]>('BatchNormTrain', { x, weight, bias }, { epsilon, activation });
    const [y, mean, variance] = outputs as [Tensor4D, Tensor1D, Tensor1D];
    return { y, mean, variance };
  }
  const { mean, variance } = moments(x);
  const { scale, shift } = affine(mean, rsqrt(add<Tensor1D>(variance, epsilon)), weight, bias);
  const y = channelAffine(x, scale, shift);
  return { y: activation === 'relu' ? relu(y) : y, mean, variance };
}

/** Two passes, since E[x²] − E[x]² cancels where the mean is large. */
function moments(x: Tensor4D): { mean: Tensor1D; variance: Tensor1D } {
  const mean = channelMeans(x);
  const centred = channelAffine(x, onesLike(mean), neg(mean));
  return { mean, variance: channelMeans(mul(centred, centred)) };
}

/** (x − μ) · inverse · weight + bias as x · scale + shift. */
function affine(
  mean: Tensor1D,
  inverse: Tensor1D,
  weight: Tensor1D,
  bias: Tensor1D,
): { scale: Tensor1D; shift: Tensor1D } {
  const scale = mul<Tensor1D>(weight, inverse);
  return { scale, shift: sub(bias, mul(mean, scale)) };
}

/** With x̂ = (x − μ)/√(σ² + ε): dx = weight/√(σ² + ε) · (dy − mean(dy) − x̂ · mean(dy · x̂)). */
function gradients(
  dy: Tensor4D,
  [x, weight, bias]: [Tensor4D, Tensor1D, Tensor1D],
  epsilon: number,
  rectified: boolean,
  count: number,
): Tensor[] {
  const { mean, variance } = moments(x);
  const inverse = rsqrt(add<Tensor1D>(variance, epsilon));
  const { scale, shift } = affine(mean, inverse, weight, bias);
  const dz = rectified ? mul<Tensor4D>(dy, positive(x, scale, shift)) : dy;
  const normalised = channelAffine(x, inverse, neg(mul<Tensor1D>(mean, inverse)));
  const meanOfDz = channelMeans(dz);
  const projection = channelMeans(mul<Tensor4D>(dz, normalised));
  const straight = channelAffine(dz, scale, neg(mul<Tensor1D>(scale, meanOfDz)));
  const along = channelAffine(normalised, mul<Tensor1D>(scale, projection), zerosLike(scale));
  return [sub(straight, along), mul(projection, count), mul(meanOfDz, count)];
}

/** 1 where x · scale + shift > 0, else 0: constant almost everywhere, so its gradient is zero. */
function positive(x: Tensor4D, scale: Tensor1D, shift: Tensor1D): Tensor4D {
  const { shape } = x;
  const channels = scale.shape;
  const op = customGrad((...args) => {
    const [x, scale, shift] = args as unknown as [Tensor4D, Tensor1D, Tensor1D];
    return {
      value: step(channelAffine(x, scale, shift)),
      gradFunc: () => [zeros(shape), zeros(channels), zeros(channels)],
    };
  });
  return op(x, scale, shift) as Tensor4D;
}
