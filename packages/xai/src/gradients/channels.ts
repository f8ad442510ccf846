import { checkChoice } from '@pcam/options';
import { mean, sum, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';

/** How the values of a pixel's channels become its one signed value. */
export type Channels = 'sum' | 'mean';

/** @param values `[B, H, W, C]`. @returns `[B, H, W]`. */
export function combineChannels(values: Tensor4D, channels: Channels = 'sum'): Tensor3D {
  return (channels === 'sum' ? sum(values, -1) : mean(values, -1)) as Tensor3D;
}

/** @param method that takes the option. */
export function checkChannels(method: string, channels: Channels = 'sum'): void {
  checkChoice(`${method}: channels`, channels, ['sum', 'mean']);
}
