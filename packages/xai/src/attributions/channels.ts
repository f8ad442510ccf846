import { mean, sum, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';

/** How the values of a pixel's channels become its one signed value. */
export type Channels = 'sum' | 'mean';

/** All of them. */
export const channelsNames: readonly Channels[] = ['sum', 'mean'];

/** @param values `[B, H, W, C]`. @returns `[B, H, W]`. */
export function combineChannels(values: Tensor4D, channels: Channels): Tensor3D {
  return (channels === 'sum' ? sum(values, -1) : mean(values, -1)) as Tensor3D;
}
