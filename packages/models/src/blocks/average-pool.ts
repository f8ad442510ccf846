import { avgPool, mul, type Tensor4D } from '@tensorflow/tfjs-core';
import { linearMap } from './linear-map.js';
import { upsample } from './upsample.js';

/** Means of 2×2 cells, `[B, h, w, C]` to `[B, h / 2, w / 2, C]`, of even heights and widths. */
export function halve(x: Tensor4D): Tensor4D {
  return linearMap(
    x,
    (map) => avgPool(map as Tensor4D, 2, 2, 'valid'),
    (slopes) => upsample(mul(slopes as Tensor4D, 1 / 4)),
  );
}
