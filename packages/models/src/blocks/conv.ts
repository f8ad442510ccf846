import { conv2d, fused, mul, type Tensor1D, type Tensor4D, type Variable } from '@tensorflow/tfjs-core';
import { heFanOut } from '../initialisers.js';
import type { Scope } from '../scope.js';
import { type Downsampling, windowOf } from './downsampling.js';

export interface ConvShape {
  readonly inputs: number;
  readonly outputs: number;
  /** Side of the window at stride 1, odd. */
  readonly kernel: number;
  readonly stride?: number;
  /** What a stride makes of the window. Default `'strided'`: nothing. */
  readonly downsampling?: Downsampling;
}

/** A square convolution without bias, padded alike on every side as in PyTorch (not 'same': that pads unevenly). */
export class Conv {
  readonly weight: Variable;
  readonly #stride: number;
  readonly #pad: number;

  constructor(scope: Scope, shape: ConvShape) {
    const { inputs, outputs, kernel, stride = 1, downsampling = 'strided' } = shape;
    const { side, padding } = windowOf(kernel, stride, downsampling);
    this.weight = scope.create('weight', [side, side, inputs, outputs], heFanOut);
    this.#stride = stride;
    this.#pad = padding;
  }

  apply(x: Tensor4D): Tensor4D {
    return conv2d(x, this.weight as unknown as Tensor4D, this.#stride, this.#pad);
  }

  /** The convolution with each output channel scaled and shifted, in one kernel where the engine has it. */
  applyScaled(x: Tensor4D, scale: Tensor1D, shift: Tensor1D, activation: 'linear' | 'relu'): Tensor4D {
    const filter = mul<Tensor4D>(this.weight, scale);
    return fused.conv2d({ x, filter, strides: this.#stride, pad: this.#pad, bias: shift, activation });
  }
}
