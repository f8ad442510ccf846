/*
 * A fully convolutional classifier with a fine last map: the logit is the mean of a logit of each place.
 *
 * Fully convolutional networks with fused resolutions: Long et al. 2015, arXiv:1411.4038. The two paths and their
 * shortcuts: Ronneberger et al. 2015, "U-Net", arXiv:1505.04597. A mean over a map of logits is the classifier that
 * Wargnier-Dauchelle et al. 2023, DOI 10.1109/TMI.2023.3282789, constrain. Batch normalisation: Ioffe & Szegedy
 * 2015, arXiv:1502.03167.
 */
import { ConvNorm } from '../blocks/conv-norm.js';
import { type Downsampling, downsamplingOption, originOf } from '../blocks/downsampling.js';
import { PooledHead, type PoolOptions, poolOptions } from '../blocks/pooled-head.js';
import { UnetBody } from '../blocks/unet-body.js';
import { type Family, type StandardOptions, standardOptions } from '../family.js';
import type { MapLayer } from '../model.js';
import { integer, integers, type OptionTable, rate } from '../options.js';

/** Options of the fully convolutional classifier, whose logit is the mean of a map of logits. */
export interface FcnOptions extends StandardOptions, PoolOptions {
  /** Channels of the stem, at half the input's resolution. */
  readonly stemWidth: number;
  /** Channels at each resolution, from the stem's on; each further one halves it. */
  readonly widths: readonly number[];
  /** 3×3 convolutions at each resolution on the way down. */
  readonly downDepth: number;
  /** And on the way up. */
  readonly upDepth: number;
  /** Of the stem (4×4 or 3×3 of stride 2) and of the max-pooling on the way down (2×2 or 3×3). */
  readonly downsampling: Downsampling;
  /** Of the pooled features. */
  readonly dropout: number;
}

const options: OptionTable<FcnOptions> = {
  stemWidth: integer(16),
  widths: integers([16, 32, 64, 96]),
  downDepth: integer(1),
  upDepth: integer(1),
  downsampling: downsamplingOption,
  dropout: rate(0),
  ...poolOptions,
  ...standardOptions,
};

export const fcn: Family<FcnOptions, 'fcn-small'> = {
  name: 'fcn',
  about: 'keeps maps as fine as its receptive field allows',
  options,
  presets: { 'fcn-small': {} },
  build(config, scope) {
    const { stemWidth, widths, downDepth, upDepth, downsampling } = config;
    const stem = new ConvNorm(
      scope.child('stem'),
      { inputs: 3, outputs: stemWidth, kernel: 3, stride: 2, downsampling },
      'relu',
    );
    const body = new UnetBody(scope, { inputs: stemWidth, widths, downDepth, upDepth, downsampling });
    const origin = originOf(2, downsampling);
    const stemLayer: MapLayer = { name: 'stem', kind: 'map', channels: stemWidth, stride: 2, origin };
    const last: MapLayer = { ...stemLayer, name: 'fused', channels: widths[0]! };
    const head = new PooledHead(scope.child('head'), last, config);
    return {
      layers: [stemLayer, last],
      stride: 2 * body.stride,
      run(images, pass) {
        const x = pass.tap('stem', stem.apply(images, pass));
        return head.apply(pass.tap('fused', body.apply(x, pass)), pass);
      },
    };
  },
};
