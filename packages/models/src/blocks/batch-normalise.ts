import {
  add,
  batchNorm,
  customGrad,
  mul,
  rsqrt,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { channelMeans } from './channel-means.js';

/** Statistics of one batch, per channel: biased variance over `count` values. */
export interface ChannelMoments {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
  readonly count: number;
}

/**
 * y = (x − μ) / √(σ² + ε) · weight + bias over the batch's own statistics, as one op with its closed-form
 * gradient (Ioffe & Szegedy 2015, section 3): the composed ops would pass over the activation thirty times.
 *
 * The gradient saves inputs only and is itself made of differentiable ops, so it can be differentiated again.
 *
 * @param x `[B, h, w, C]`
 * @param onMoments sees the batch's statistics, which live until it returns.
 */
export function batchNormalise(
  x: Tensor4D,
  weight: Tensor1D,
  bias: Tensor1D,
  epsilon: number,
  onMoments: (moments: ChannelMoments) => void,
): Tensor4D {
  const count = x.shape[0] * x.shape[1] * x.shape[2];
  const op = customGrad((...args) => {
    const [x, weight, bias, save] = args as unknown as [
      Tensor4D,
      Tensor1D,
      Tensor1D,
      (kept: Tensor[]) => void,
    ];
    const { mean, variance } = moments(x);
    onMoments({ mean, variance, count });
    save([x, weight]);
    return {
      value: batchNorm(x, mean, variance, bias, weight, epsilon),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        gradients(dy as Tensor4D, saved[0] as Tensor4D, saved[1] as Tensor1D, epsilon, count),
    };
  });
  return op(x, weight, bias) as Tensor4D;
}

/** Two passes, since E[x²] − E[x]² cancels where the mean is large. */
function moments(x: Tensor4D): { mean: Tensor1D; centred: Tensor4D; variance: Tensor1D } {
  const mean = channelMeans(x);
  const centred = sub<Tensor4D>(x, mean);
  return { mean, centred, variance: channelMeans(mul(centred, centred)) };
}

/** With x̂ = (x − μ)/σ: dx = weight/σ · (dy − mean(dy) − x̂ · mean(dy · x̂)). */
function gradients(dy: Tensor4D, x: Tensor4D, weight: Tensor1D, epsilon: number, count: number): Tensor[] {
  const { centred, variance } = moments(x);
  const inverse = rsqrt(add(variance, epsilon));
  const dyMean = channelMeans(dy);
  const projection = mul(channelMeans(mul(dy, centred)), inverse);
  const scale = mul(weight, inverse);
  const slope = mul(mul(scale, projection), inverse);
  const dx = sub(mul(sub(dy, dyMean), scale), mul(centred, slope));
  return [dx, mul(projection, count), mul(dyMean, count)];
}
