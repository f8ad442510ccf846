import { concat, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';
import { Conv } from './conv.js';
import { ConvNorm } from './conv-norm.js';
import { type Downsampling, halve } from './downsampling.js';
import { upsample } from './upsample.js';

interface UnetShape {
  /** Channels of what comes in. */
  readonly inputs: number;
  /** Channels at each resolution, from the input's own on; each further one halves it. */
  readonly widths: readonly number[];
  /** 3×3 convolutions at each resolution on the way down, and on the way up. */
  readonly downDepth: number;
  readonly upDepth: number;
  readonly downsampling: Downsampling;
}

/**
 * The contracting and the expanding path of a U-Net (Ronneberger et al. 2015, arXiv:1505.04597, fig. 1), with a
 * shortcut that is concatenated at each resolution: `[B, h, w, inputs]` to `[B, h, w, widths[0]]`.
 */
export class UnetBody {
  /** Heights and widths must be multiples of it. */
  readonly stride: number;
  readonly #downsampling: Downsampling;
  readonly #down: readonly Convs[];
  readonly #up: readonly { readonly reduce: Conv; readonly convs: Convs }[];

  constructor(scope: Scope, { inputs, widths, downDepth, upDepth, downsampling }: UnetShape) {
    this.#downsampling = downsampling;
    this.stride = 2 ** (widths.length - 1);
    this.#down = widths.map((width, level) => {
      return new Convs(scope.child('down').child(level), widths[level - 1] ?? inputs, width, downDepth);
    });
    this.#up = widths.slice(0, -1).map((width, level) => {
      const child = scope.child('up').child(level);
      const reduce = new Conv(child.child('reduce'), {
        inputs: widths[level + 1]!,
        outputs: width,
        kernel: 1,
      });
      return { reduce, convs: new Convs(child, 2 * width, width, upDepth) };
    });
  }

  /** @param atLowest what becomes of the features at the lowest resolution, such as dropout. */
  apply(input: Tensor4D, pass: Pass, atLowest: (x: Tensor4D) => Tensor4D = (x) => x): Tensor4D {
    const maps: Tensor4D[] = [];
    for (const convs of this.#down) {
      const above = maps.at(-1);
      maps.push(convs.apply(above === undefined ? input : halve(above, this.#downsampling), pass));
    }
    let x = atLowest(maps.pop()!);
    for (const { reduce, convs } of [...this.#up].reverse()) {
      x = convs.apply(concat([maps.pop()!, upsample(reduce.apply(x))], 3), pass);
    }
    return x;
  }
}

/** 3×3 convolutions, each with batch norm and ReLU. */
class Convs {
  readonly #convs: readonly ConvNorm[];

  constructor(scope: Scope, inputs: number, outputs: number, depth: number) {
    this.#convs = Array.from({ length: depth }, (_, index) => {
      const shape = { inputs: index === 0 ? inputs : outputs, outputs, kernel: 3 };
      return new ConvNorm(scope.child(index), shape, 'relu');
    });
  }

  apply(x: Tensor4D, pass: Pass): Tensor4D {
    return tidy(() => this.#convs.reduce((map, conv) => conv.apply(map, pass), x));
  }
}
