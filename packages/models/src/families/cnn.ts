/*
 * A compact convolutional network for 96-pixel patches.
 *
 * Stacked 3×3 convolutions: Simonyan & Zisserman 2015, "Very deep convolutional networks for large-scale
 * image recognition", arXiv:1409.1556. Batch normalisation: Ioffe & Szegedy 2015, arXiv:1502.03167. Identity
 * shortcuts around the convolutions that keep their shape: He et al. 2016, arXiv:1512.03385. Global average
 * pooling before the logit: Lin et al. 2014, arXiv:1312.4400.
 */
import { add, relu, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { ConvShape } from '../blocks/conv.js';
import { ConvNorm } from '../blocks/conv-norm.js';
import { type Downsampling, downsamplingOption, originOf } from '../blocks/downsampling.js';
import { dropPath, dropPathRate } from '../blocks/drop.js';
import { PooledHead, type PoolOptions, poolOptions } from '../blocks/pooled-head.js';
import { type Family, type StandardOptions, standardOptions } from '../family.js';
import type { MapLayer } from '../model.js';
import { flag, integer, integers, type OptionTable, rate } from '../options.js';
import type { MapBlock } from '../pass.js';
import type { Scope } from '../scope.js';

/** Options of the compact convolutional network. */
export interface CnnOptions extends StandardOptions, PoolOptions {
  /** Channels of the stem, at half the input's resolution. */
  readonly stemWidth: number;
  /** Channels of each stage. */
  readonly widths: readonly number[];
  /** 3×3 convolutions of each stage. */
  readonly depths: readonly number[];
  /** Stride of each stage's first convolution. */
  readonly strides: readonly number[];
  /** Of the convolutions with a stride: 4×4 of stride 2, or 3×3. */
  readonly downsampling: Downsampling;
  /** Identity shortcuts around the convolutions that keep their shape. */
  readonly shortcuts: boolean;
  /** Probability of dropping the deepest shortcut's branch; earlier ones less, linearly. */
  readonly stochasticDepth: number;
  /** Of the pooled features. */
  readonly dropout: number;
}

const options: OptionTable<CnnOptions> = {
  stemWidth: integer(16),
  widths: integers([16, 32, 64, 128]),
  depths: integers([1, 2, 2, 2]),
  strides: integers([1, 2, 2, 2]),
  downsampling: downsamplingOption,
  shortcuts: flag(true),
  stochasticDepth: rate(0),
  dropout: rate(0.2),
  ...poolOptions,
  ...standardOptions,
};

export const cnn: Family<CnnOptions, 'cnn-small' | 'cnn-fine'> = {
  name: 'cnn',
  about: 'small and quick',
  options,
  presets: {
    'cnn-small': {},
    'cnn-fine': { stemWidth: 24, widths: [32, 64, 96], depths: [2, 2, 2], strides: [2, 2, 1] },
  },
  build(config, scope) {
    const { widths, depths, strides, downsampling } = config;
    if (depths.length !== widths.length || strides.length !== widths.length) {
      throw new Error(
        "Model 'cnn': options 'widths', 'depths' and 'strides' must have one value a stage each.",
      );
    }
    const layers: MapLayer[] = [
      {
        name: 'stem',
        kind: 'map',
        channels: config.stemWidth,
        stride: 2,
        origin: originOf(2, downsampling),
      },
    ];
    const stem = new ConvNorm(
      scope.child('stem'),
      { inputs: 3, outputs: config.stemWidth, kernel: 3, stride: 2, downsampling },
      'relu',
    );
    const count = depths.reduce((sum, depth) => sum + depth, 0);
    let built = 0;
    const stages = widths.map((width, index) => {
      const before = layers.at(-1)!;
      const name = `stages.${index}`;
      const total = before.stride * strides[index]!;
      layers.push({ ...before, name, channels: width, stride: total, origin: originOf(total, downsampling) });
      const blocks = Array.from({ length: depths[index]! }, (_, block): MapBlock => {
        const shape = {
          inputs: block === 0 ? before.channels : width,
          outputs: width,
          kernel: 3,
          stride: block === 0 ? strides[index]! : 1,
          downsampling,
        };
        const drop = dropPathRate(config.stochasticDepth, built++, count);
        return unit(scope.child('stages').child(index).child(block), shape, config.shortcuts, drop);
      });
      return { name, blocks };
    });
    const head = new PooledHead(scope.child('head'), layers.at(-1)!, config);
    return {
      layers,
      stride: layers.at(-1)!.stride,
      run(images, pass) {
        let x = pass.tap('stem', stem.apply(images, pass));
        for (const { name, blocks } of stages) {
          for (const block of blocks) x = block(x, pass);
          x = pass.tap(name, x);
        }
        return head.apply(x, pass);
      },
    };
  },
};

/** Convolution, batch norm, ReLU; inside the shortcut where the shape stays. */
function unit(scope: Scope, shape: ConvShape, shortcuts: boolean, drop: number): MapBlock {
  const shortcut = shortcuts && shape.stride === 1 && shape.inputs === shape.outputs;
  const conv = new ConvNorm(scope, shape, shortcut ? 'linear' : 'relu');
  if (!shortcut) return (x, pass) => conv.apply(x, pass);
  const name = scope.name('drop');
  return (x, pass) => tidy(() => relu(add<Tensor4D>(x, dropPath(conv.apply(x, pass), drop, name, pass))));
}
