import {
  matMul,
  mul,
  reshape,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import { truncatedNormal } from '../initialisers.js';
import type { Scope } from '../scope.js';
import { softmax } from './activations.js';
import { Dense } from './dense.js';

/** Multi-head self-attention on tokens `[B, T, D]` (Vaswani et al. 2017, arXiv:1706.03762, section 3.2). */
export class Attention {
  readonly #query: Dense;
  readonly #key: Dense;
  readonly #value: Dense;
  readonly #output: Dense;
  readonly #heads: number;

  constructor(scope: Scope, features: number, heads: number) {
    const dense = (name: string): Dense => new Dense(scope.child(name), features, features, truncatedNormal);
    this.#query = dense('query');
    this.#key = dense('key');
    this.#value = dense('value');
    this.#output = dense('output');
    this.#heads = heads;
  }

  apply(x: Tensor3D): Tensor3D {
    const [batch, tokens, features] = x.shape;
    const size = features / this.#heads;
    const split = (y: Tensor3D): Tensor4D =>
      transpose(reshape(y, [batch, tokens, this.#heads, size]) as Tensor4D, [0, 2, 1, 3]);
    const query = mul(split(this.#query.applyToTokens(x)), 1 / Math.sqrt(size));
    const key = split(this.#key.applyToTokens(x));
    const value = split(this.#value.applyToTokens(x));
    const weights = softmax(matMul(query, key, false, true));
    const mixed: Tensor = transpose(matMul(weights, value), [0, 2, 1, 3]);
    return this.#output.applyToTokens(reshape(mixed, [batch, tokens, features]));
  }
}
