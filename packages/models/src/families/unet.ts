/*
 * U-Net: Ronneberger, Fischer & Brox 2015, "U-Net: convolutional networks for biomedical image segmentation",
 * arXiv:1505.04597, fig. 1: a contracting path, an expanding one, and at each resolution a shortcut that is
 * concatenated. Unlike there, convolutions are padded, so that every pixel has a logit, and followed by batch
 * norm (Ioffe & Szegedy 2015, arXiv:1502.03167); and going up, a 1×1 convolution followed by nearest-neighbour
 * upsampling takes the place of the 2×2 transposed convolution.
 */
import { reshape, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { assemble } from '../assemble.js';
import { Dense } from '../blocks/dense.js';
import { type Downsampling, downsamplingOption } from '../blocks/downsampling.js';
import { dropout } from '../blocks/drop.js';
import { UnetBody } from '../blocks/unet-body.js';
import { type Network, type StandardOptions, standardOptions } from '../family.js';
import { uniformFanIn } from '../initialisers.js';
import type { SegmentationModel } from '../model.js';
import { integer, integers, type OptionTable, rate, resolveOptions } from '../options.js';
import { type Scope, withScope } from '../scope.js';

/** Options of the U-Net (Ronneberger et al. 2015, arXiv:1505.04597). */
export interface UnetOptions extends StandardOptions {
  /** Channels at each resolution, from the images' own on; each further one halves it. */
  readonly widths: readonly number[];
  /** 3×3 convolutions at each resolution on the way down; two in the paper. */
  readonly downDepth: number;
  /** And on the way up; two in the paper. */
  readonly upDepth: number;
  /** Of the max-pooling on the way down: 2×2 as in the paper, or 3×3 of stride 2. */
  readonly downsampling: Downsampling;
  /** Of the features at the lowest resolution. */
  readonly dropout: number;
}

/** What `createUnet` takes: options in place of the defaults, and the seed of the weights. */
export type CreateUnetOptions = Partial<UnetOptions> & { readonly name?: 'unet'; readonly seed?: number };

/** A U-Net's own configuration. */
export type UnetConfig = { readonly [K in keyof UnetOptions]: UnetOptions[K] } & { readonly name: 'unet' };

const name = 'unet' as const;

/** Of a U-Net; `upgradeModelConfig` reads it too. */
export const unetOptions: OptionTable<UnetOptions> = {
  widths: integers([16, 32, 64, 128]),
  downDepth: integer(1),
  upDepth: integer(1),
  downsampling: downsamplingOption,
  dropout: rate(0),
  ...standardOptions,
};

/**
 * A new U-Net with weights drawn from `seed` (default 0): the same seed, options and version give the same weights
 * on every engine. It learns from masks, not from labels: the fully supervised counterpart of maps that a `Model`
 * draws from labels alone. `createUnet(model.config)` builds the same architecture again.
 *
 * @throws Error naming an unknown option or a value out of range.
 */
export function createUnet(given: CreateUnetOptions = {}): SegmentationModel<UnetConfig> {
  const { name: asked = name, seed = 0, ...own } = given;
  if (asked !== name) {
    throw new Error(`createUnet builds '${name}', not ${JSON.stringify(asked)}; use createModel for that.`);
  }
  const resolved = resolveOptions(name, unetOptions, own);
  return withScope(name, seed, (scope) => {
    const { forward, ...rest } = assemble({ ...resolved, name }, build(resolved, scope), scope);
    return { ...rest, forward: (images, { training, seed } = {}) => forward(images, { training, seed }) };
  });
}

function build(config: UnetOptions, scope: Scope): Network<Tensor3D> {
  const { widths, downDepth, upDepth, downsampling } = config;
  const body = new UnetBody(scope, { inputs: 3, widths, downDepth, upDepth, downsampling });
  const head = new Dense(scope.child('head'), widths[0]!, 1, uniformFanIn);
  return {
    stride: body.stride,
    run(images, pass) {
      const lowest = (x: Tensor4D): Tensor4D => dropout(x, config.dropout, scope.name('dropout'), pass);
      const x = body.apply(images, pass, lowest);
      const [batch, height, width, channels] = x.shape;
      return reshape(head.apply(reshape(x, [-1, channels])), [batch, height, width]);
    },
  };
}
