import { hasKernel, isFinal, runKernel } from '@pcam/tfjs-gradients';
import {
  add,
  customGrad,
  grads,
  mean,
  mul,
  reshape,
  rsqrt,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import { ones, zeros } from '../initialisers.js';
import type { Scope } from '../scope.js';
import { channelAffine } from './channels.js';

const epsilon = 1e-6;

/** Layer normalisation over the features of each token (Ba et al. 2016, arXiv:1607.06450, eq. 4). */
export class LayerNorm {
  readonly #weight: Variable;
  readonly #bias: Variable;

  constructor(scope: Scope, features: number) {
    this.#weight = scope.create('weight', [features], ones);
    this.#bias = scope.create('bias', [features], zeros);
  }

  /** `[B, T, D]` to the same. */
  apply(x: Tensor3D): Tensor3D {
    return layerNorm(x, this.#weight as unknown as Tensor1D, this.#bias as unknown as Tensor1D);
  }
}

/** x̂ · weight + bias; one kernel, and one for its gradient, where the engine has them. */
export function layerNorm(x: Tensor3D, weight: Tensor1D, bias: Tensor1D): Tensor3D {
  if (!hasKernel('LayerNorm')) return affineTokens(normalise(x), weight, bias);
  const op = customGrad((...args) => {
    const [x, weight, bias, save] = args as unknown as [
      Tensor3D,
      Tensor1D,
      Tensor1D,
      (kept: Tensor[]) => void,
    ];
    save([x, weight, bias]);
    return {
      value: runKernel<Tensor3D>('LayerNorm', { x, weight, bias }, { epsilon }),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const [x, weight, bias] = saved as [Tensor3D, Tensor1D, Tensor1D];
          if (isFinal('LayerNormGrad')) {
            return runKernel<Tensor[]>('LayerNormGrad', { x, dy, weight }, { epsilon });
          }
          const composed = (x: Tensor, weight: Tensor, bias: Tensor): Tensor =>
            affineTokens(normalise(x) as Tensor3D, weight as Tensor1D, bias as Tensor1D);
          return grads(composed)([x, weight, bias], dy);
        }),
    };
  });
  return op(x, weight, bias) as Tensor3D;
}

function affineTokens(x: Tensor3D, weight: Tensor1D, bias: Tensor1D): Tensor3D {
  const [batch, tokens, features] = x.shape;
  const map = reshape(x, [batch, tokens, 1, features]) as Tensor4D;
  return reshape(channelAffine(map, weight, bias), [batch, tokens, features]);
}

/** x̂ = (x − μ) / √(σ² + ε) over the last axis, with the closed-form gradient of batch norm (see batch-normalise.ts). */
export function normalise<T extends Tensor>(x: T): T {
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [T, (kept: Tensor[]) => void];
    save([x]);
    return {
      value: standardised(x).normalised as T,
      gradFunc: (dy: Tensor, [x]: Tensor[]) =>
        tidy(() => {
          const { normalised, inverse } = standardised(x!);
          const projection = mean(mul(dy, normalised), -1, true);
          return mul(sub(sub(dy, mean(dy, -1, true)), mul(normalised, projection)), inverse);
        }),
    };
  });
  return op(x) as T;
}

function standardised(x: Tensor): { normalised: Tensor; inverse: Tensor } {
  const centred = sub(x, mean(x, -1, true));
  const inverse = rsqrt(add(mean(mul(centred, centred), -1, true), epsilon));
  return { normalised: mul(centred, inverse), inverse };
}
