import { slice, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import { uniformFanIn } from '../initialisers.js';
import type { MapLayer } from '../model.js';
import { flag, type Option, type OptionTable } from '../options.js';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';
import { spatialMeans } from './channels.js';
import type { Downsampling } from './downsampling.js';
import { LogitHead } from './head.js';

/**
 * Which cells of the last map the logit is the mean of: all, or those that are centred in the square of this many
 * pixels a side in the middle of the image.
 */
export type PoolField = 'patch' | number;

export interface PoolOptions {
  readonly poolField: PoolField;
  /**
   * Without it, Grad-CAM at the last map adds up to the logit. With it, a constraint on Grad-CAM can be met by a
   * map that is negative everywhere and a bias that makes up for it.
   */
  readonly headBias: boolean;
}

const poolField: Option<PoolField> = {
  default: 'patch',
  problem: (value) => {
    if (value === 'patch' || (Number.isInteger(value) && (value as number) >= 1)) return undefined;
    const old = value === 'centre' ? ' (32 for what was called centre)' : '';
    return `'patch' or the side in pixels of a square in the middle, a whole number of at least 1${old}`;
  },
};

/** What a head needs to know of its network. */
export interface PooledHeadOptions extends PoolOptions {
  readonly dropout: number;
  readonly downsampling: Downsampling;
}

export const poolOptions: OptionTable<PoolOptions> = {
  poolField,
  headBias: flag(true),
};

/** Means over cells, and the logit of those (global average pooling, Lin et al. 2014, arXiv:1312.4400). */
export class PooledHead {
  readonly #head: LogitHead;
  readonly #field: PoolField;
  readonly #stride: number;
  readonly #range: typeof centredCells;

  constructor(scope: Scope, layer: MapLayer, config: PooledHeadOptions) {
    this.#head = new LogitHead(scope, layer.channels, config.dropout, uniformFanIn, config.headBias);
    this.#field = config.poolField;
    this.#stride = layer.stride;
    this.#range = config.downsampling === 'symmetric' ? centredCells : stridedCells;
  }

  /** @param map of the layer, `[B, h, w, C]`. @returns `[B]`. */
  apply(map: Tensor4D, pass: Pass): Tensor1D {
    const cells = this.#field === 'patch' ? map : this.#square(map, this.#field);
    return this.#head.apply(spatialMeans(cells), pass);
  }

  /** The cells centred in the square of `side` pixels in the middle of the image. */
  #square(map: Tensor4D, side: number): Tensor4D {
    const [batch, height, width, channels] = map.shape;
    const [top, rows] = this.#range(height, this.#stride, side);
    const [left, columns] = this.#range(width, this.#stride, side);
    return slice(map, [0, top, left, 0], [batch, rows, columns, channels]);
  }
}

type Range = readonly [first: number, count: number];

/** By the middle of their share of the image, borders included; of a coarse map the one or two in the middle. */
function centredCells(cells: number, stride: number, side: number): Range {
  const low = (cells * stride - side) / 2;
  const first = Math.min(Math.floor((cells - 1) / 2), Math.max(0, Math.ceil(low / stride - 1 / 2)));
  return [first, cells - 2 * first];
}

/** By the pixel stride · i, on which a strided network's receptive fields are centred; of a coarse map at least one. */
function stridedCells(cells: number, stride: number, side: number): Range {
  const low = (cells * stride - side) / 2;
  const first = Math.max(0, Math.ceil(low / stride));
  const last = Math.min(cells - 1, Math.ceil((low + side) / stride) - 1);
  return [first, Math.max(1, last - first + 1)];
}
