import { concat, reshape, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';
import { BatchNorm } from './batch-norm.js';
import { channelAffine, spatialMeans } from './channels.js';

/*
 * Features of a group are maps whose channels go orientation by orientation, `[B, h, w, order · C]`: seen as a map
 * `order` times as wide, the orientations of one feature share a channel, at no cost.
 */

/** ReLU after batch norm with one scale, shift and statistics for all orientations of a feature. */
export class GroupNormRelu {
  readonly #norm: BatchNorm;
  readonly #order: number;

  constructor(scope: Scope, order: number, channels: number) {
    this.#norm = new BatchNorm(scope, channels);
    this.#order = order;
  }

  apply(x: Tensor4D, pass: Pass): Tensor4D {
    return acrossOrientations(x, this.#order, (wide) => {
      if (pass.training) return this.#norm.applyToBatch(wide, 'relu');
      const { scale, shift } = this.#norm.affine();
      return channelAffine(wide, scale, shift, 'relu');
    });
  }
}

/** `f` of the features as channels `[B, h, w · order, C]`, and its result as features again. */
export function acrossOrientations(x: Tensor4D, order: number, f: (wide: Tensor4D) => Tensor4D): Tensor4D {
  return order === 1 ? f(x) : tidy(() => reshape(f(side(x, order)), x.shape));
}

/** The features of both, `[B, h, w, order · (C + D)]`. */
export function concatFeatures(a: Tensor4D, b: Tensor4D, order: number): Tensor4D {
  const [batch, height, width, channels] = a.shape;
  return tidy(() =>
    reshape(concat([side(a, order), side(b, order)], 3), [batch, height, width, channels + b.shape[3]]),
  );
}

/** The mean over orientations, `[B, h, w, C]` (Veeling et al. 2018, arXiv:1806.03962, section 2). */
export function groupPool(x: Tensor4D, order: number): Tensor4D {
  if (order === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const each = channels / order;
  return tidy(() =>
    reshape(spatialMeans(reshape(x, [batch * height * width, order, 1, each])), [batch, height, width, each]),
  );
}

/** The orientations side by side: `[B, h, w · order, C]`. */
function side(x: Tensor4D, order: number): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  return reshape(x, [batch, height, width * order, channels / order]);
}
