import { customGrad, type Tensor, tidy } from '@tensorflow/tfjs-core';

type Map = (x: Tensor) => Tensor;

/**
 * `map`(x), of a linear map, with the gradient `adjoint`, whose own is `map` again: derivatives of every order, no
 * tensor saved, and on no engine more kernels than the two take.
 *
 * @param value `map`(x), by another way.
 */
export function linearMap<T extends Tensor>(x: Tensor, map: Map, adjoint: Map, value: Map = map): T {
  const op = customGrad((...args) => ({
    value: tidy(() => value(args[0] as Tensor)),
    gradFunc: (dy: Tensor) => linearMap(dy, adjoint, map),
  }));
  return op(x) as T;
}
