import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Initialiser } from '../initialisers.js';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';
import { BatchNorm } from './batch-norm.js';
import { Conv, type ConvShape } from './conv.js';

export interface ConvNormNames {
  readonly conv: string;
  readonly norm: string;
}

const plain: ConvNormNames = { conv: 'conv', norm: 'bn' };

/**
 * Convolution, batch norm and, if asked for, ReLU. Outside training the batch norm is a fixed scale and
 * shift per channel, which the convolution takes over: one pass over the activation instead of four.
 */
export class ConvNorm {
  readonly #conv: Conv;
  readonly #norm: BatchNorm;
  readonly #activation: 'linear' | 'relu';

  constructor(
    scope: Scope,
    shape: ConvShape,
    activation: 'linear' | 'relu',
    names: ConvNormNames = plain,
    weight?: Initialiser,
  ) {
    this.#conv = new Conv(scope.child(names.conv), shape);
    this.#norm = new BatchNorm(scope.child(names.norm), shape.outputs, weight);
    this.#activation = activation;
  }

  apply(x: Tensor4D, pass: Pass): Tensor4D {
    return tidy(() => {
      if (pass.training) return this.#norm.applyToBatch(this.#conv.apply(x), this.#activation);
      const { scale, shift } = this.#norm.affine();
      return this.#conv.applyScaled(x, scale, shift, this.#activation);
    });
  }
}
