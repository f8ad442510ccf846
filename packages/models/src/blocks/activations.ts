import { hasKernel, isFinal, runKernel } from '@pcam/tfjs-gradients';
import {
  add,
  customGrad,
  mul,
  sigmoid as nativeSigmoid,
  softmax as nativeSoftmax,
  sub,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

/*
 * Any order of derivative is right here without `enableHigherOrderGradients()` of @pcam/tfjs-gradients, which tells
 * why those of tfjs's own softmax and sigmoid are not: these save the input and recompute.
 */

type Save = (kept: Tensor[]) => void;

/** Softmax over the last axis. */
export function softmax<T extends Tensor>(x: T): T {
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [T, Save];
    const value = nativeSoftmax(x);
    save([x, value]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const [x, value] = saved as [T, T];
          if (isFinal('SoftmaxGrad')) return runKernel('SoftmaxGrad', { y: value, dy });
          const y = softmax(x);
          return mul(y, sub(dy, sum(mul(dy, y), -1, true)));
        }),
    };
  });
  return op(x) as T;
}

/** 1 / (1 + e^−x). */
export function sigmoid<T extends Tensor>(x: T): T {
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [T, Save];
    save([x]);
    return {
      value: nativeSigmoid(x),
      gradFunc: (dy: Tensor, [x]: Tensor[]) =>
        tidy(() => {
          const y = sigmoid(x!);
          return mul(dy, sub(y, mul(y, y)));
        }),
    };
  });
  return op(x) as T;
}

const gain = 2 * Math.sqrt(2 / Math.PI);
const bend = 0.044715;

/**
 * x · σ(2√(2/π)(x + 0.044715x³)): the tanh form of the Gaussian error linear unit (Hendrycks & Gimpel 2016,
 * arXiv:1606.08415, section 2), written with σ, which the wasm backend computes 20 times faster than erf.
 * PyTorch calls it `approximate='tanh'`.
 */
export function gelu<T extends Tensor>(x: T): T {
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [T, Save];
    save([x]);
    return {
      value: hasKernel('Gelu') ? runKernel<T>('Gelu', { x }) : mul<T>(x, sigmoid(bent(x, mul(x, x)))),
      gradFunc: (dy: Tensor, [x]: Tensor[]) =>
        tidy(() => {
          if (isFinal('GeluGrad')) return runKernel('GeluGrad', { x: x!, dy });
          const squared = mul(x!, x!);
          const gate = sigmoid(bent(x!, squared));
          const slope = mul(add(mul(squared, 3 * bend), 1), gain);
          const gateSlope = mul(sub(gate, mul(gate, gate)), slope);
          return mul(dy, add(gate, mul(x!, gateSlope)));
        }),
    };
  });
  return op(x) as T;
}

function bent(x: Tensor, squared: Tensor): Tensor {
  return mul(x, add(mul(squared, gain * bend), gain));
}
