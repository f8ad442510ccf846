import {
  add,
  mul,
  rsqrt,
  sub,
  type Tensor1D,
  type Tensor4D,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import { type Initialiser, ones, zeros } from '../initialisers.js';
import type { Scope } from '../scope.js';
import { batchNormalise, type ChannelMoments } from './batch-normalise.js';

const epsilon = 1e-5;
const momentum = 0.1;

/**
 * Batch normalisation (Ioffe & Szegedy 2015, arXiv:1502.03167) with PyTorch's running statistics: exponential
 * averages with momentum 0.1 of the mean and the unbiased variance.
 */
export class BatchNorm {
  readonly #weight: Variable;
  readonly #bias: Variable;
  readonly #runningMean: Variable;
  readonly #runningVar: Variable;

  constructor(scope: Scope, channels: number, weight: Initialiser = ones) {
    this.#weight = scope.create('weight', [channels], weight);
    this.#bias = scope.create('bias', [channels], zeros);
    this.#runningMean = scope.create('runningMean', [channels], zeros, false);
    this.#runningVar = scope.create('runningVar', [channels], ones, false);
  }

  /** Normalises by the batch's own statistics and moves the running ones. */
  applyToBatch(x: Tensor4D, activation: 'linear' | 'relu'): Tensor4D {
    return batchNormalise(x, this.#weight as unknown as Tensor1D, this.#bias as unknown as Tensor1D, {
      epsilon,
      activation,
      onMoments: (moments) => this.#track(moments),
    });
  }

  /** y = x · scale + shift with the running statistics. */
  affine(): { scale: Tensor1D; shift: Tensor1D } {
    const scale = mul<Tensor1D>(this.#weight, rsqrt(add(this.#runningVar, epsilon)));
    const shift = sub<Tensor1D>(this.#bias, mul(this.#runningMean, scale));
    return { scale, shift };
  }

  #track({ mean, variance, count }: ChannelMoments): void {
    tidy(() => {
      const unbiased = mul(variance, count / Math.max(1, count - 1));
      this.#runningMean.assign(add(mul(this.#runningMean, 1 - momentum), mul(mean, momentum)));
      this.#runningVar.assign(add(mul(this.#runningVar, 1 - momentum), mul(unbiased, momentum)));
    });
  }
}
