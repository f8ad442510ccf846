import { add, mean, mul, rsqrt, sub, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { ones, zeros } from '../initialisers.js';
import type { Scope } from '../scope.js';

const epsilon = 1e-6;

/** Layer normalisation over the last axis (Ba et al. 2016, arXiv:1607.06450, eq. 4). */
export class LayerNorm {
  readonly #weight: Variable;
  readonly #bias: Variable;

  constructor(scope: Scope, features: number) {
    this.#weight = scope.create('weight', [features], ones);
    this.#bias = scope.create('bias', [features], zeros);
  }

  apply<T extends Tensor>(x: T): T {
    const centred = sub(x, mean(x, -1, true));
    const variance = mean(mul(centred, centred), -1, true);
    const normalised = mul(centred, rsqrt(add(variance, epsilon)));
    return add<T>(mul(normalised, this.#weight), this.#bias);
  }
}
