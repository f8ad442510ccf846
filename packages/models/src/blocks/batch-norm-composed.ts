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
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { channelAffine, channelMeans } from './channels.js';

/*
 * Batch norm in training and its gradient, composed of differentiable ops: what engines without kernels for them
 * run, and what is differentiated where the kernels end.
 */

export interface Normalisation {
  readonly epsilon: number;
  /** What follows the normalisation; ReLU joins in here because its gradient then saves no tensor of its own. */
  readonly activation: 'linear' | 'relu';
}

export type Operands = [x: Tensor4D, weight: Tensor1D, bias: Tensor1D];

export function composedForward(
  [x, weight, bias]: Operands,
  { epsilon, activation }: Normalisation,
): { y: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  const { mean, variance } = moments(x);
  const { scale, shift } = affine(mean, rsqrt(add<Tensor1D>(variance, epsilon)), weight, bias);
  const y = channelAffine(x, scale, shift);
  return { y: activation === 'relu' ? relu(y) : y, mean, variance };
}

/**
 * The gradients of x, weight and bias. With x̂ = (x − μ)/√(σ² + ε) and dz what comes through the activation:
 * dx = weight/√(σ² + ε) · (dz − mean(dz) − x̂ · mean(dz · x̂)).
 */
export function composedGradients(dy: Tensor4D, operands: Operands, of: Normalisation): Tensor[] {
  const { dz, normalised, scale, count } = pieces(dy, operands, of);
  const meanOfDz = channelMeans(dz);
  const projection = channelMeans(mul<Tensor4D>(dz, normalised));
  const straight = channelAffine(dz, scale, neg(mul<Tensor1D>(scale, meanOfDz)));
  const along = channelAffine(normalised, mul<Tensor1D>(scale, projection), zerosLike(scale));
  return [sub(straight, along), mul(projection, count), mul(meanOfDz, count)];
}

/** What flows back to dy and x from u, which flows back to the weight's gradient Σ dz · x̂. */
export function behindWeightGradient(
  u: Tensor1D,
  dy: Tensor4D,
  operands: Operands,
  of: Normalisation,
): [dDy: Tensor, dx: Tensor] {
  const [x, , bias] = operands;
  const { dz, mask, normalised } = pieces(dy, operands, of);
  const linear: Normalisation = { ...of, activation: 'linear' };
  return [mask(channelAffine(normalised, u, zerosLike(u))), composedGradients(dz, [x, u, bias], linear)[0]!];
}

/** What flows back to dy from u, which flows back to the bias's gradient Σ dz. */
export function behindBiasGradient(u: Tensor1D, dy: Tensor4D, operands: Operands, of: Normalisation): Tensor {
  return pieces(dy, operands, of).mask(channelAffine(zerosLike(dy), u, u));
}

function pieces(dy: Tensor4D, [x, weight, bias]: Operands, { epsilon, activation }: Normalisation) {
  const { mean, variance } = moments(x);
  const inverse = rsqrt(add<Tensor1D>(variance, epsilon));
  const { scale, shift } = affine(mean, inverse, weight, bias);
  const open = activation === 'relu' ? positive(x, scale, shift) : undefined;
  const mask = (values: Tensor4D): Tensor4D => (open ? mul<Tensor4D>(values, open) : values);
  const normalised = channelAffine(x, inverse, neg(mul<Tensor1D>(mean, inverse)));
  return { dz: mask(dy), mask, normalised, scale, count: x.size / scale.size };
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
