import { concat1d, type Tensor1D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Initialiser } from '../initialisers.js';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';
import { BatchNorm } from './batch-norm.js';
import { Conv, type ConvShape } from './conv.js';
import { GroupConv, type GroupConvShape } from './group-conv.js';
import { acrossOrientations } from './group-features.js';
import { orderOf } from './symmetry-group.js';

export interface ConvNormNames {
  readonly conv: string;
  readonly norm: string;
}

const plain: ConvNormNames = { conv: 'conv', norm: 'bn' };

interface Convolution {
  apply(x: Tensor4D, pass: Pass): Tensor4D;
  applyScaled(x: Tensor4D, scale: Tensor1D, shift: Tensor1D, activation: 'linear' | 'relu'): Tensor4D;
}

/**
 * Convolution, batch norm and, if asked for, ReLU; of a group convolution the batch norm is one for all orientations
 * of a feature. Outside training the batch norm is a fixed scale and
 * shift per channel, which the convolution takes over: one pass over the activation instead of four.
 */
export class ConvNorm {
  readonly #conv: Convolution;
  readonly #order: number;
  readonly #norm: BatchNorm;
  readonly #activation: 'linear' | 'relu';

  constructor(
    scope: Scope,
    shape: ConvShape | GroupConvShape,
    activation: 'linear' | 'relu',
    names: ConvNormNames = plain,
    weight?: Initialiser,
  ) {
    const child = scope.child(names.conv);
    this.#conv = 'group' in shape ? new GroupConv(child, shape) : new Conv(child, shape);
    this.#order = 'group' in shape ? orderOf(shape.group) : 1;
    this.#norm = new BatchNorm(scope.child(names.norm), shape.outputs, weight);
    this.#activation = activation;
  }

  apply(x: Tensor4D, pass: Pass): Tensor4D {
    return tidy(() => {
      if (pass.training) {
        return acrossOrientations(this.#conv.apply(x, pass), this.#order, (wide) =>
          this.#norm.applyToBatch(wide, this.#activation),
        );
      }
      const { scale, shift } = this.#norm.affine();
      const [scales, shifts] = [scale, shift].map((values) => this.#forEach(values)) as [Tensor1D, Tensor1D];
      return this.#conv.applyScaled(x, scales, shifts, this.#activation);
    });
  }

  /** Values of features as those of every orientation's channels. */
  #forEach(values: Tensor1D): Tensor1D {
    return this.#order === 1 ? values : concat1d(new Array<Tensor1D>(this.#order).fill(values));
  }
}
