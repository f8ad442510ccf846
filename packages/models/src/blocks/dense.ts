import { add, matMul, type Tensor2D, type Variable } from '@tensorflow/tfjs-core';
import { type Initialiser, zeros } from '../initialisers.js';
import type { Scope } from '../scope.js';

/** y = x · weight + bias on rows `[n, in]`. */
export class Dense {
  readonly #weight: Variable;
  readonly #bias: Variable;

  constructor(scope: Scope, inputs: number, outputs: number, weight: Initialiser) {
    this.#weight = scope.create('weight', [inputs, outputs], weight);
    this.#bias = scope.create('bias', [outputs], zeros);
  }

  apply(x: Tensor2D): Tensor2D {
    return add<Tensor2D>(matMul(x, this.#weight as unknown as Tensor2D), this.#bias);
  }
}
