import {
  add,
  customGrad,
  exp,
  log,
  max,
  mean,
  mul,
  reshape,
  slice,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { uniformFanIn } from '../initialisers.js';
import type { Layer } from '../model.js';
import { choice, flag, type OptionTable } from '../options.js';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';
import { softmax } from './activations.js';
import { spatialMeans } from './channels.js';
import { Dense } from './dense.js';
import { dropout } from './drop.js';

/** Side of the square in the middle of a PCam patch whose content is the label. */
const CENTRE = 32;

/** How cells become one logit: by the mean of their features, or log of the mean exponential of their logits. */
export type Pool = 'average' | 'logMeanExp';
/** Which cells: all, or those centred in the centre 32×32. */
export type PoolField = 'patch' | 'centre';

export interface PoolOptions {
  /** `average`, or `logMeanExp`: nearly the largest logit, as where one tumour pixel makes a patch positive. */
  readonly pool: Pool;
  readonly poolField: PoolField;
  /** Without a bias, Grad-CAM at the last map adds up to the logit: nothing hides from a constraint on it. */
  readonly headBias: boolean;
}

export const poolOptions: OptionTable<PoolOptions> = {
  pool: choice<Pool>('average', ['average', 'logMeanExp']),
  poolField: choice<PoolField>('patch', ['patch', 'centre']),
  headBias: flag(true),
};

export class PooledHead {
  readonly #dense: Dense;
  readonly #dropout: number;
  readonly #dropoutName: string;
  readonly #pool: Pool;
  readonly #field: PoolField;
  readonly #layer: Layer;

  constructor(scope: Scope, layer: Layer, config: PoolOptions & { readonly dropout: number }) {
    this.#dense = new Dense(scope, layer.channels, 1, uniformFanIn, config.headBias);
    this.#dropout = config.dropout;
    this.#dropoutName = scope.name('dropout');
    this.#pool = config.pool;
    this.#field = config.poolField;
    this.#layer = layer;
  }

  apply(map: Tensor4D, pass: Pass): Tensor1D {
    const cells = this.#field === 'centre' ? centreCells(map, this.#layer) : map;
    if (this.#pool === 'average') {
      const features = dropout(spatialMeans(cells), this.#dropout, this.#dropoutName, pass);
      return reshape(this.#dense.apply(features), [-1]);
    }
    const [batch, h, w, channels] = cells.shape;
    const tokens = reshape(cells, [batch, h * w, channels]) as Tensor3D;
    const logits = reshape(this.#dense.applyToTokens(tokens), [batch, h * w]) as Tensor2D;
    return logMeanExp(logits);
  }
}

function centreCells(map: Tensor4D, { stride, origin }: Layer): Tensor4D {
  const [batch, h, w, channels] = map.shape;
  const range = (cells: number): [number, number] => {
    const low = (cells * stride - CENTRE) / 2;
    const first = Math.max(0, Math.ceil((low - origin) / stride));
    const last = Math.min(cells - 1, Math.ceil((low + CENTRE - origin) / stride) - 1);
    return [first, Math.max(1, last - first + 1)];
  };
  const [[top, rows], [left, columns]] = [range(h), range(w)];
  return slice(map, [0, top, left, 0], [batch, rows, columns, channels]);
}

/** log(mean(exp(x))) over the last axis, `[B, n]` to `[B]`. */
function logMeanExp(x: Tensor2D): Tensor1D {
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor2D, (kept: Tensor[]) => void];
    save([x]);
    const highest = max(x, 1, true);
    return {
      value: add(reshape(highest, [-1]), log(mean(exp(sub(x, highest)), 1))),
      gradFunc: (dy: Tensor, [x]: Tensor[]) => tidy(() => mul(softmax(x!), reshape(dy, [-1, 1]))),
    };
  });
  return op(x) as Tensor1D;
}
