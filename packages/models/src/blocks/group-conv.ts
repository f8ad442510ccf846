import { conv2d, fused, mul, type Tensor1D, type Tensor4D, type Variable } from '@tensorflow/tfjs-core';
import type { Derived } from '../derived.js';
import { heFanIn } from '../initialisers.js';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';
import { GroupFilter, type GroupFilterShape } from './group-filter.js';

export interface GroupConvShape extends GroupFilterShape {
  readonly stride?: number;
  /** Zeros on each side. */
  readonly pad?: number;
}

/**
 * A square convolution without bias over an image, or over features of a group: maps whose channels go orientation by
 * orientation, `[B, h, w, order · inputs]`. It puts out features of the group (Cohen & Welling 2016,
 * arXiv:1602.07576, eq. 10 and 11).
 */
export class GroupConv {
  readonly weight: Variable;
  readonly #filter: GroupFilter;
  readonly #plain: Derived;
  readonly #stride: number;
  readonly #pad: number;

  /** @throws Error for a stride under which turning the input would not turn the output, where it divides sides. */
  constructor(scope: Scope, { stride = 1, pad = 0, ...shape }: GroupConvShape) {
    const { group, kernel } = shape;
    if (group !== 'z2' && (kernel - 2 * pad) % stride !== 0) {
      throw new Error(
        `A ${kernel}×${kernel} convolution of stride ${stride} padded by ${pad} does not commute with turns; take a kernel such as ${stride + 2 * pad}.`,
      );
    }
    this.#filter = new GroupFilter(shape);
    this.weight = scope.create('weight', this.#filter.learned, heFanIn);
    this.#plain = scope.derive();
    this.#stride = stride;
    this.#pad = pad;
  }

  apply(x: Tensor4D, pass: Pass): Tensor4D {
    return conv2d(x, this.plain(pass), this.#stride, this.#pad);
  }

  /** Outside training, the convolution with each output channel scaled and shifted, in one kernel where there is one. */
  applyScaled(x: Tensor4D, scale: Tensor1D, shift: Tensor1D, activation: 'linear' | 'relu'): Tensor4D {
    const filter = mul<Tensor4D>(this.plain({ training: false }), scale);
    return fused.conv2d({ x, filter, strides: this.#stride, pad: this.#pad, bias: shift, activation });
  }

  /** The filter of the plain convolution that this is; outside training it is computed once for given weights. */
  plain({ training }: Pick<Pass, 'training'>): Tensor4D {
    const weight = this.weight as unknown as Tensor4D;
    if (training) return this.#filter.plainOf(weight);
    return this.#filter.plainOf(weight, (compute) => this.#plain.of(this.weight, compute));
  }
}
