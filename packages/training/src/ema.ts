import { add, mul, type NamedTensorMap, scalar, sub, tidy } from '@tensorflow/tfjs-core';

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
    const share = scalar(1 - decay, 'float32');
    const next: NamedTensorMap = {};
    for (const [name, old] of Object.entries(average)) {
      next[name] = add(old, mul(sub(values[name]!, old), share));
    }
    return next;
  });
}
