import { add, relu, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';
import type { ConvShape } from './conv.js';
import { ConvNorm } from './conv-norm.js';
import type { GroupConvShape } from './group-conv.js';
import { upsample } from './upsample.js';

/** A convolution of stride 1 between features, as the network around makes them. */
export type ShapeOf = (inputs: number, outputs: number, kernel: 1 | 3) => ConvShape | GroupConvShape;

export interface DecoderShape {
  /** Of the network so far, from input to output, each at the stride of the one before or coarser. */
  readonly layers: readonly { readonly stride: number; readonly features: number }[];
  /** Of the map at the end: one of the layers', of which the last layer's is a power of two times as much. */
  readonly stride: number;
  /** Features at each step. */
  readonly width: number;
  readonly shapeOf: ShapeOf;
}

/** The strides that a decoder can bring the last of these maps to, from the finest on: its own, halved or halved again. */
export function reachedStrides(layers: readonly { readonly stride: number }[]): number[] {
  const coarsest = layers.at(-1)!.stride;
  const strides = new Set(layers.map(({ stride }) => stride));
  return [...strides].filter((stride) => Number.isInteger(Math.log2(coarsest / stride)));
}

interface Step {
  /** Which layer's map is joined. */
  readonly layer: number;
  readonly doublings: number;
  readonly reduce: ConvNorm;
  readonly lateral: ConvNorm;
  readonly conv: ConvNorm;
}

/**
 * Brings the last map back up to a finer stride, step by step: a 1×1 convolution of the coarse map, doubled, and one of
 * the deepest map at the finer stride are added, and a 3×3 convolution blends them (Lin et al. 2017, "Feature pyramid
 * networks", arXiv:1612.03144, fig. 3, with batch norm and ReLU). Doubling repeats cells, which commutes with the
 * symmetries of the square.
 */
export class Decoder {
  /** Of each step: which of the network's layers has its stride. */
  readonly joined: readonly number[];
  readonly #steps: readonly Step[];

  constructor(scope: Scope, { layers, stride, width, shapeOf }: DecoderShape) {
    let coarse = layers.at(-1)!;
    const finer = reachedStrides(layers).filter((at) => at >= stride && at < coarse.stride);
    this.#steps = finer.reverse().map((at, index) => {
      const doublings = Math.log2(coarse.stride / at);
      const layer = layers.findLastIndex((one) => one.stride === at);
      const child = scope.child(index);
      const conv = (name: string, inputs: number, kernel: 1 | 3): ConvNorm =>
        new ConvNorm(child.child(name), shapeOf(inputs, width, kernel), kernel === 1 ? 'linear' : 'relu');
      const step = {
        layer,
        doublings,
        reduce: conv('reduce', coarse.features, 1),
        lateral: conv('lateral', layers[layer]!.features, 1),
        conv: conv('fuse', width, 3),
      };
      coarse = { stride: at, features: width };
      return step;
    });
    this.joined = this.#steps.map(({ layer }) => layer);
  }

  /** @param maps of all layers. @param tap is shown the map after each step. @returns the last of these. */
  apply(maps: readonly Tensor4D[], pass: Pass, tap: (step: number, map: Tensor4D) => Tensor4D): Tensor4D {
    let x = maps.at(-1)!;
    for (const [index, { layer, doublings, reduce, lateral, conv }] of this.#steps.entries()) {
      const coarse = x;
      x = tidy(() => {
        let doubled = reduce.apply(coarse, pass);
        for (let k = 0; k < doublings; k++) doubled = upsample(doubled);
        return conv.apply(relu(add<Tensor4D>(doubled, lateral.apply(maps[layer]!, pass))), pass);
      });
      x = tap(index, x);
    }
    return x;
  }
}
