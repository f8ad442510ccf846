import {
  customGrad,
  fused,
  matMul,
  mul,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import { type Initialiser, zeros } from '../initialisers.js';
import type { Scope } from '../scope.js';
import { channelMeans } from './channels.js';

/** y = x · weight + bias. */
export class Dense {
  readonly #weight: Variable;
  readonly #bias: Variable | undefined;

  constructor(scope: Scope, inputs: number, outputs: number, weight: Initialiser, bias = true) {
    this.#weight = scope.create('weight', [inputs, outputs], weight);
    this.#bias = bias ? scope.create('bias', [outputs], zeros) : undefined;
  }

  /** `[n, in]` to `[n, out]`. */
  apply(x: Tensor2D): Tensor2D {
    const weight = this.#weight as unknown as Tensor2D;
    return this.#bias ? affineRows(x, weight, this.#bias as unknown as Tensor1D) : matMul(x, weight);
  }

  /** `[B, T, in]` to `[B, T, out]`, as one product. */
  applyToTokens(x: Tensor3D): Tensor3D {
    const [batch, tokens, inputs] = x.shape;
    return reshape(this.apply(reshape(x, [batch * tokens, inputs])), [batch, tokens, -1]);
  }
}

/** x · weight + bias in one kernel; the bias' gradient avoids tfjs' sum along rows, which transposes first. */
function affineRows(x: Tensor2D, weight: Tensor2D, bias: Tensor1D): Tensor2D {
  const op = customGrad((...args) => {
    const [x, weight, bias, save] = args as unknown as [
      Tensor2D,
      Tensor2D,
      Tensor1D,
      (kept: Tensor[]) => void,
    ];
    save([x, weight]);
    return {
      value: fused.matMul({ a: x, b: weight, bias }),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const [x, weight] = saved as [Tensor2D, Tensor2D];
          const dBias = mul(channelMeans(asColumn(dy as Tensor2D)), dy.shape[0]!);
          return [matMul(dy, weight, false, true), matMul(x, dy, true), dBias];
        }),
    };
  });
  return op(x, weight, bias) as Tensor2D;
}

/** Rows `[n, C]` as a map one cell wide, `[1, n, 1, C]`. */
function asColumn(rows: Tensor2D): Tensor4D {
  const [count, features] = rows.shape;
  return reshape(rows, [1, count, 1, features]);
}
