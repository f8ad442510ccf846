import { hasKernel, runKernel } from '@pcam/tfjs-gradients';
import { add, mul, type NamedTensorMap, scalar, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * The decay of the exponential moving average after `step` updates: min(decay, (1 + step) /
 * (10 + step)), so that the average forgets the initial weights quickly (TensorFlow's
 * ExponentialMovingAverage with `num_updates`).
 */
export function emaDecay(decay: number, step: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}

/**
 * average + (1 − decay)·(value − average) for every tensor (Polyak & Juditsky 1992). Pure;
 * who calls disposes. Running statistics of batch norm are averaged like weights: they
 * then belong to about the same weights as the average does.
 */
export function emaUpdate(average: NamedTensorMap, values: NamedTensorMap, decay: number): NamedTensorMap {
  return tidy(() => {
    const move = hasKernel('EmaUpdate') ? moveNatively(1 - decay) : moveComposed(1 - decay);
    const next: NamedTensorMap = {};
    for (const [name, old] of Object.entries(average)) next[name] = move(old, values[name]!);
    return next;
  });
}

type Move = (average: Tensor, value: Tensor) => Tensor;

function moveComposed(share: number): Move {
  const factor = scalar(share, 'float32');
  return (average, value) => add(average, mul(sub(value, average), factor));
}

function moveNatively(share: number): Move {
  return (average, value) => runKernel('EmaUpdate', { average, value }, { share });
}
