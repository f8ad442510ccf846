import {
  add,
  customGrad,
  erf,
  exp,
  mul,
  softmax as nativeSoftmax,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';

/*
 * tfjs' own gradient of softmax saves the output, which loses a path when it is differentiated again
 * (tfjs issue #3252). These save the input and recompute, so any order of derivative is right.
 */

type Save = (kept: Tensor[]) => void;

/** Softmax over the last axis. */
export function softmax<T extends Tensor>(x: T): T {
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [T, Save];
    save([x]);
    return {
      value: nativeSoftmax(x),
      gradFunc: (dy: Tensor, [x]: Tensor[]) => {
        const y = softmax(x!);
        return mul(y, sub(dy, sum(mul(dy, y), -1, true)));
      },
    };
  });
  return op(x) as T;
}

/** x · Φ(x) with the normal distribution function, exactly, by erf (Hendrycks & Gimpel 2016, arXiv:1606.08415). */
export function gelu<T extends Tensor>(x: T): T {
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [T, Save];
    save([x]);
    return {
      value: mul(x, normalDistribution(x)),
      gradFunc: (dy: Tensor, [x]: Tensor[]) => {
        const density = mul(exp(mul(mul(x!, x!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return mul(dy, add(normalDistribution(x!), mul(x!, density)));
      },
    };
  });
  return op(x) as T;
}

function normalDistribution(x: Tensor): Tensor {
  return add(mul(erf(mul(x, Math.SQRT1_2)), 0.5), 0.5);
}
