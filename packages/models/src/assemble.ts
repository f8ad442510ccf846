import { type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Network, StandardOptions } from './family.js';
import { type AnyModelConfig, type ForwardOptions, SMALLEST_SIDE, type Weighted } from './model.js';
import { makePass } from './pass.js';
import type { Scope } from './scope.js';
import { standardise } from './standardise.js';

/** What models of both kinds have. */
interface Assembled<T extends Tensor, Config extends AnyModelConfig> extends Weighted<Config> {
  readonly stride: number;
  readonly smallestSide: number;
  forward(images: Tensor4D, options?: ForwardOptions): T;
  dispose(): void;
}

/** A network with its variables, configuration, input check and standardisation. */
export function assemble<T extends Tensor, Config extends AnyModelConfig & StandardOptions>(
  config: Config,
  network: Network<T>,
  scope: Scope,
): Assembled<T, Config> {
  const { stride, smallestSide = SMALLEST_SIDE } = network;
  const { variables } = scope;
  let disposed = false;
  return {
    config,
    stride,
    smallestSide,
    variables,
    forward(images: Tensor4D, options: ForwardOptions = {}): T {
      if (disposed) throw new Error(`This ${config.name} model was disposed; create or load it again.`);
      checkImages(images, config.name, stride, smallestSide);
      return tidy(() => {
        const standardised = standardise(images, config.mean, config.std);
        return network.run(standardised, makePass(options));
      });
    },
    dispose(): void {
      if (disposed) return;
      disposed = true;
      scope.dispose();
    },
  };
}

function checkImages(images: Tensor4D, name: string, stride: number, smallestSide: number): void {
  const { shape, dtype } = images;
  const [, height = 0, width = 0, channels] = shape;
  const fits = (size: number): boolean => size >= smallestSide && size % stride === 0;
  if (shape.length !== 4 || channels !== 3 || dtype !== 'float32') {
    throw new Error(
      `Model '${name}' takes float32 images [B, H, W, 3] with RGB in [0, 1], not ${dtype} [${shape.join(', ')}].`,
    );
  }
  if (shape[0] === 0) throw new Error(`Model '${name}' was given an empty batch [${shape.join(', ')}].`);
  if (!fits(height) || !fits(width)) {
    throw new Error(
      `Model '${name}' takes heights and widths of at least ${smallestSide} that ${stride} divides, not ${height}×${width}; crop or pad the images.`,
    );
  }
}
