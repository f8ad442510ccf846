import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Layer } from './model.js';
import { type OptionTable, perChannel } from './options.js';
import type { Pass } from './pass.js';
import type { Scope } from './scope.js';

/** Every model's own standardisation, (image − mean) / std. */
export interface StandardOptions {
  /** Of each colour channel, of RGB in [0, 1], as is `std`. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** From standardised images to logits. */
export interface Network<T extends Tensor> {
  readonly stride: number;
  /** Of images, in pixels; default {@link SMALLEST_SIDE}. A multiple of the stride. */
  readonly smallestSide?: number;
  run(x: Tensor4D, pass: Pass): T;
}

/** What a family builds: one logit per image, and layers to tap on the way. */
interface TappedNetwork extends Network<Tensor1D> {
  readonly layers: readonly Layer[];
}

/** A family of architectures: its options, named presets and how to build one. */
export interface Family<T extends StandardOptions, Preset extends string = string> {
  readonly name: string;
  /** What it is good for, in a few words for help. */
  readonly about: string;
  readonly options: OptionTable<T>;
  readonly presets: Readonly<Record<Preset, Partial<T>>>;
  build(options: T, scope: Scope): TappedNetwork;
}

/** Channel statistics of PCam's training split. */
export const standardOptions: OptionTable<StandardOptions> = {
  mean: perChannel([0.701, 0.538, 0.692], false),
  std: perChannel([0.235, 0.277, 0.213], true),
};
