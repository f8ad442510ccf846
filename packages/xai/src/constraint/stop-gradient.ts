import { customGrad, type Tensor, zerosLike } from '@tensorflow/tfjs-core';

/** The value, without its gradient. */
export function stopGradient<T extends Tensor>(value: T): T {
  return customGrad((input) => ({
    value: (input as Tensor).clone(),
    gradFunc: (upstream: Tensor) => zerosLike(upstream),
  }))(value) as T;
}
