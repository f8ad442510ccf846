import { add, matMul, reshape, type Tensor2D, type Tensor3D, type Variable } from '@tensorflow/tfjs-core';
import { type Initialiser, zeros } from '../initialisers.js';
import type { Scope } from '../scope.js';

/** y = x · weight + bias. */
export class Dense {
  readonly #weight: Variable;
  readonly #bias: Variable;

  constructor(scope: Scope, inputs: number, outputs: number, weight: Initialiser) {
    this.#weight = scope.create('weight', [inputs, outputs], weight);
    this.#bias = scope.create('bias', [outputs], zeros);
  }

  /** `[n, in]` to `[n, out]`. */
  apply(x: Tensor2D): Tensor2D {
    return add<Tensor2D>(matMul(x, this.#weight as unknown as Tensor2D), this.#bias);
  }

  /** `[B, T, in]` to `[B, T, out]`, as one product. */
  applyToTokens(x: Tensor3D): Tensor3D {
    const [batch, tokens, inputs] = x.shape;
    return reshape(this.apply(reshape(x, [batch * tokens, inputs])), [batch, tokens, -1]);
  }
}
