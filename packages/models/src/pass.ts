import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { ForwardOptions } from './model.js';
import { type Random, randomFor } from './random.js';

/** What one forward pass carries through the network. */
export interface Pass {
  readonly training: boolean;
  /** Hands a named layer's activation to the caller's tap and goes on with what comes back. */
  tap<T extends Tensor>(layer: string, activation: T): T;
  /** The random stream of a named dropout in this pass. */
  random(name: string): Random;
}

/** A part of a network that maps `[B, h, w, C]` to `[B, h', w', C']`. */
export type MapBlock = (x: Tensor4D, pass: Pass) => Tensor4D;

export function makePass(options: ForwardOptions): Pass {
  const { training = false, tap, seed } = options;
  return {
    training,
    tap: (layer, activation) => {
      if (tap === undefined) return activation;
      const next = tap(layer, activation);
      if (next?.shape?.join() !== activation.shape.join()) {
        throw new Error(
          `The tap of layer '${layer}' returned ${next?.shape ? `shape [${next.shape.join(', ')}]` : typeof next}; return a tensor of shape [${activation.shape.join(', ')}].`,
        );
      }
      return next as typeof activation;
    },
    random: (name) => {
      if (seed === undefined) {
        throw new Error(
          `Layer '${name}' drops at random in training: pass forward(images, { training: true, seed }).`,
        );
      }
      return randomFor(seed, name);
    },
  };
}
