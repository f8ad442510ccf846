/*
 * Train-mode batch norm with ReLU, as one op against tf.moments + tf.batchNorm + tf.relu, wasm engine:
 *
 *     node --conditions=@pcam/source --import=tsx bench/batch-norm.ts
 */
import { useEngine } from '@pcam/engine';
import {
  batchNorm,
  grads,
  moments,
  randomNormal,
  relu,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { batchNormalise } from '../src/blocks/batch-normalise.js';

type Op = (x: Tensor, weight: Tensor, bias: Tensor) => Tensor;

const repeats = 15;

const one: Op = (x, weight, bias) =>
  batchNormalise(x as Tensor4D, weight as Tensor1D, bias as Tensor1D, { epsilon: 1e-5, activation: 'relu' });

const composed: Op = (x, weight, bias) => {
  const { mean, variance } = moments(x, [0, 1, 2]);
  return relu(
    batchNorm(x, mean as Tensor1D, variance as Tensor1D, bias as Tensor1D, weight as Tensor1D, 1e-5),
  );
};

function milliseconds(work: () => unknown): number {
  const times = Array.from({ length: repeats }, () => {
    const start = performance.now();
    tidy(() => {
      work();
    });
    return performance.now() - start;
  });
  return Math.min(...times);
}

console.log(await useEngine('wasm'));
for (const shape of [
  [32, 48, 48, 16],
  [16, 48, 48, 64],
  [32, 12, 12, 64],
] as const) {
  const x = randomNormal([...shape]);
  const [weight, bias] = [randomNormal([shape[3]]), randomNormal([shape[3]])];
  for (const [name, op] of Object.entries({ one, composed })) {
    const forward = milliseconds(() => op(x, weight, bias));
    const both = milliseconds(() => grads(op)([x, weight, bias], x));
    console.log(
      `${shape.join('×')} ${name}: forward ${forward.toFixed(1)} ms, with gradient ${both.toFixed(1)} ms`,
    );
  }
}
