import { slice, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import { uniformFanIn } from '../initialisers.js';
import type { MapLayer } from '../model.js';
import { choice, flag, type OptionTable } from '../options.js';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';
import { spatialMeans } from './channels.js';
import { LogitHead } from './head.js';

/** Side of the square in the middle of a PCam patch whose content is the label. */
const CENTRE = 32;

/** Which cells of the last map the logit is the mean of: all, or those that are centred in the centre 32×32. */
export type PoolField = 'patch' | 'centre';

export interface PoolOptions {
  readonly poolField: PoolField;
  /**
   * Without it, Grad-CAM at the last map adds up to the logit. With it, a constraint on Grad-CAM can be met by a
   * map that is negative everywhere and a bias that makes up for it.
   */
  readonly headBias: boolean;
}

export const poolOptions: OptionTable<PoolOptions> = {
  poolField: choice<PoolField>('patch', ['patch', 'centre']),
  headBias: flag(true),
};

/** Means over cells, and the logit of those (global average pooling, Lin et al. 2014, arXiv:1312.4400). */
export class PooledHead {
  readonly #head: LogitHead;
  readonly #field: PoolField;
  readonly #layer: MapLayer;

  constructor(scope: Scope, layer: MapLayer, config: PoolOptions & { readonly dropout: number }) {
    this.#head = new LogitHead(scope, layer.channels, config.dropout, uniformFanIn, config.headBias);
    this.#field = config.poolField;
    this.#layer = layer;
  }

  /** @param map of the layer, `[B, h, w, C]`. @returns `[B]`. */
  apply(map: Tensor4D, pass: Pass): Tensor1D {
    const cells = this.#field === 'centre' ? centreCells(map, this.#layer) : map;
    return this.#head.apply(spatialMeans(cells), pass);
  }
}

/** The cells centred in the centre 32×32 of the image; of a coarse map at least one. */
function centreCells(map: Tensor4D, { stride, origin = 0 }: MapLayer): Tensor4D {
  const [batch, height, width, channels] = map.shape;
  const range = (cells: number): readonly [first: number, count: number] => {
    const low = (cells * stride - CENTRE) / 2;
    const first = Math.max(0, Math.ceil((low - origin) / stride));
    const last = Math.min(cells - 1, Math.ceil((low + CENTRE - origin) / stride) - 1);
    return [first, Math.max(1, last - first + 1)];
  };
  const [[top, rows], [left, columns]] = [range(height), range(width)];
  return slice(map, [0, top, left, 0], [batch, rows, columns, channels]);
}
