import {
  avgPool,
  customGrad,
  fused,
  mean,
  mul,
  ones,
  reshape,
  step,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';

/*
 * Arithmetic along the channels of feature maps. Composed of tfjs' sum and broadcasting, the same numbers take
 * 3 to 20 times as long on the wasm backend (see bench/batch-norm.ts). The gradients are made of these ops
 * again and save inputs only, so they can be differentiated to any order.
 */

type Save = (kept: Tensor[]) => void;

/** Means over space: `[B, h, w, C]` to `[B, C]`. Pooling over the whole map reads it once, without a transpose. */
export function spatialMeans(x: Tensor4D): Tensor2D {
  const [batch, height, width, channels] = x.shape;
  const op = customGrad((...args) => {
    const [x] = args as unknown as [Tensor4D];
    return {
      value: reshape(avgPool(x, [height, width], 1, 'valid'), [batch, channels]) as Tensor2D,
      gradFunc: (dy: Tensor) =>
        tidy(() => {
          const share = mul(reshape(dy, [batch, 1, 1, channels]), 1 / (height * width));
          return mul(share, ones([1, height, width, 1]));
        }),
    };
  });
  return op(x) as Tensor2D;
}

/** Means over batch and space, `[C]`. */
export function channelMeans(x: Tensor4D): Tensor1D {
  return mean(spatialMeans(x), 0);
}

/** y = x · scale + shift with one scale and shift a channel, and its ReLU if asked for: a 1×1 depthwise convolution. */
export function channelAffine(
  x: Tensor4D,
  scale: Tensor1D,
  shift: Tensor1D,
  activation: 'linear' | 'relu' = 'linear',
): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const op = customGrad((...args) => {
    const [x, scale, shift, save] = args as unknown as [Tensor4D, Tensor1D, Tensor1D, Save];
    const filter = reshape(scale, [1, 1, channels, 1]) as Tensor4D;
    const y = fused.depthwiseConv2d({ x, filter, strides: 1, pad: 0, bias: shift, activation });
    save(activation === 'relu' ? [x, scale, y] : [x, scale]);
    return {
      value: y,
      gradFunc: (slopes: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const [x, scale, y] = saved as [Tensor4D, Tensor1D, Tensor4D?];
          // What ReLU lets through is constant almost everywhere in all that y came from.
          const dy = y ? mul<Tensor4D>(slopes, step(y)) : slopes;
          const count = batch * height * width;
          const dScale = mul(channelMeans(mul(dy, x)), count);
          return [
            channelAffine(dy as Tensor4D, scale, zerosLike(scale)),
            dScale,
            mul(channelMeans(dy as Tensor4D), count),
          ];
        }),
    };
  });
  return op(x, scale, shift) as Tensor4D;
}
