import { mean, sum, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';

/** How the values of a pixel's channels become its one signed value. */
export type Channels = 'sum' | 'mean';

/** @param values `[B, H, W, C]`. @returns `[B, H, W]`. */
export function combineChannels(values: Tensor4D, channels: Channels = 'sum'): Tensor3D {
  if (channels === 'sum') return sum(values, -1) as Tensor3D;
  if (channels === 'mean') return mean(values, -1) as Tensor3D;
  throw new Error(`channels is '${channels}'; expected 'sum' or 'mean'.`);
}
