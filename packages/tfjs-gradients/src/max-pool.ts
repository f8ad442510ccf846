import {
  customGrad,
  mul,
  type Tensor,
  type Tensor4D,
  maxPool as tfMaxPool,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type Pool2D, windows2d } from './gradients/pool-windows.js';
import { sendBack, winners } from './gradients/windows.js';
import { hasKernel, runKernel } from './registry.js';

/**
 * Max-pooling of `[B, H, W, C]` that can be differentiated to any order, without `enableHigherOrderGradients()`, on
 * every backend: tfjs's wasm backend has no right `MaxPoolGrad`, and none of tfjs's has a gradient. Among equals the
 * first of the window wins.
 *
 * The gradient multiplies by masks of the winners, which are constant almost everywhere, and moves the products to
 * their places, all of it by differentiable ops; where the backend has a kernel for each direction (`MaxPoolGrad` and
 * `MaxPoolPick`, as @pcam/tfjs-backend-native), they are each other's gradients.
 *
 * @param pad as tfjs takes it: 'same', 'valid', or places on each side, which never win.
 */
export function maxPool(
  x: Tensor4D,
  filterSize: number | [number, number],
  strides: number | [number, number],
  pad: 'same' | 'valid' | number,
): Tensor4D {
  const pool: Pool2D = { filterSize, strides, pad };
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor4D, (kept: Tensor[]) => void];
    save([x]);
    return {
      value: tfMaxPool(x, filterSize, strides, pad),
      gradFunc: (dy: Tensor, [x]: Tensor[]) =>
        tidy(() => (hasKernel('MaxPoolPick') ? sendByKernel(dy, x!, pool) : send(dy, x as Tensor4D, pool))),
    };
  });
  return op(x) as Tensor4D;
}

/** dy, sent to where each window of x has its first maximum. */
function send(dy: Tensor, x: Tensor4D, pool: Pool2D): Tensor {
  const windows = windows2d(x.shape, pool);
  const highest = (): Tensor => tfMaxPool(x, pool.filterSize, pool.strides, pool.pad as 'same');
  const sent = winners(x, windows, { highest }).map((mask) => mul(dy, mask));
  return sendBack(sent, windows, x.shape);
}

type Along = (values: Tensor, x: Tensor, pool: Pool2D) => Tensor;

/** As `send`. */
const sendByKernel: Along = (dy, x, pool) =>
  alongMaxima(dy, x, pool, () => runKernel('MaxPoolGrad', { dy, input: x }, pool), pick);

/** Of `values`, what lies where each window of x has its first maximum. */
const pick: Along = (values, x, pool) =>
  alongMaxima(values, x, pool, () => runKernel('MaxPoolPick', { x, values }, pool), sendByKernel);

/** Linear in `values`, with its reverse for a gradient, and constant almost everywhere in x. */
function alongMaxima(values: Tensor, x: Tensor, pool: Pool2D, run: () => Tensor, reverse: Along): Tensor {
  const op = customGrad((...args) => {
    const [, x, save] = args as unknown as [Tensor, Tensor, (kept: Tensor[]) => void];
    save([x]);
    return {
      value: run(),
      gradFunc: (dy: Tensor, [x]: Tensor[]) => tidy(() => [reverse(dy, x!, pool), zerosLike(x!)]),
    };
  });
  return op(values, x);
}
