/*
 * A compact convolutional network for 96-pixel patches.
 *
 * Stacked 3×3 convolutions: Simonyan & Zisserman 2015, "Very deep convolutional networks for large-scale
 * image recognition", arXiv:1409.1556. Batch normalisation: Ioffe & Szegedy 2015, arXiv:1502.03167. Identity
 * shortcuts around the convolutions that keep their shape: He et al. 2016, arXiv:1512.03385. Global average
 * pooling before the logit: Lin et al. 2014, arXiv:1312.4400. Group convolutions: Cohen & Welling 2016,
 * arXiv:1602.07576.
 */
import { add, relu, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { ConvShape } from '../blocks/conv.js';
import { ConvNorm } from '../blocks/conv-norm.js';
import { type Downsampling, downsamplingOption, originOf, windowOf } from '../blocks/downsampling.js';
import { dropPath, dropPathRate } from '../blocks/drop.js';
import type { GroupConvShape } from '../blocks/group-conv.js';
import { groupPool } from '../blocks/group-features.js';
import { PooledHead, type PoolOptions, poolOptions } from '../blocks/pooled-head.js';
import { type Group, groupNames, orderOf } from '../blocks/symmetry-group.js';
import { type Family, type StandardOptions, standardOptions } from '../family.js';
import type { MapLayer } from '../model.js';
import { choice, flag, integer, integers, type OptionTable, rate } from '../options.js';
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
  /**
   * What it commutes with: `'z2'` shifts alone, `'p4'` quarter turns too, `'p4m'` mirrors too. Beyond `'z2'` every
   * channel is a feature of 4 or 8 orientations, over which the last map is averaged, and downsampling is symmetric.
   */
  readonly group: Group;
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
  group: choice('z2', groupNames),
  downsampling: downsamplingOption,
  shortcuts: flag(true),
  stochasticDepth: rate(0),
  dropout: rate(0.2),
  ...poolOptions,
  ...standardOptions,
};

type CnnPreset = 'cnn-small' | 'cnn-fine' | 'cnn-p4m' | 'cnn-p4m-light';

export const cnn: Family<CnnOptions, CnnPreset> = {
  name: 'cnn',
  about: 'small and quick',
  options,
  presets: {
    'cnn-small': {},
    'cnn-fine': { stemWidth: 24, widths: [32, 64, 96], depths: [2, 2, 2], strides: [2, 2, 1] },
    // As many parameters as cnn-small, and as much work.
    'cnn-p4m': { group: 'p4m', stemWidth: 6, widths: [6, 11, 23, 45] },
    'cnn-p4m-light': { group: 'p4m', stemWidth: 2, widths: [2, 4, 8, 16] },
  },
  build(config, scope) {
    const { group, widths, depths, strides, downsampling } = config;
    const order = orderOf(group);
    if (depths.length !== widths.length || strides.length !== widths.length) {
      throw new Error(
        "Model 'cnn': options 'widths', 'depths' and 'strides' must have one value a stage each.",
      );
    }
    if (group !== 'z2' && downsampling !== 'symmetric') {
      throw new Error(
        `Model 'cnn': option 'group' '${group}' needs 'downsampling' 'symmetric', for '${downsampling}' does not commute with turns.`,
      );
    }
    const layerOf = (name: string, features: number, stride: number): MapLayer => {
      const origin = originOf(stride, downsampling);
      return { name, kind: 'map', channels: order * features, stride, origin };
    };
    const shapeOf = (inputs: number, outputs: number, stride: number, lifted = true): CnnShape => {
      if (group === 'z2') return { inputs, outputs, kernel: 3, stride, downsampling };
      const { side, padding } = windowOf(3, stride, downsampling);
      return { group, lifted, inputs, outputs, kernel: side, stride, pad: padding };
    };
    const layers = [layerOf('stem', config.stemWidth, 2)];
    const stem = new ConvNorm(scope.child('stem'), shapeOf(3, config.stemWidth, 2, false), 'relu');
    const count = depths.reduce((sum, depth) => sum + depth, 0);
    let built = 0;
    const stages = widths.map((width, index) => {
      const before = layers.at(-1)!;
      const name = `stages.${index}`;
      layers.push(layerOf(name, width, before.stride * strides[index]!));
      const blocks = Array.from({ length: depths[index]! }, (_, block): MapBlock => {
        const shape =
          block === 0 ? shapeOf(before.channels / order, width, strides[index]!) : shapeOf(width, width, 1);
        const drop = dropPathRate(config.stochasticDepth, built++, count);
        return unit(scope.child('stages').child(index).child(block), shape, config.shortcuts, drop);
      });
      return { name, blocks };
    });
    const { stride } = layers.at(-1)!;
    if (order > 1) {
      layers.push({ ...layers.at(-1)!, name: 'pooled', channels: layers.at(-1)!.channels / order });
    }
    const head = new PooledHead(scope.child('head'), layers.at(-1)!, config);
    return {
      layers,
      stride,
      run(images, pass) {
        let x = pass.tap('stem', stem.apply(images, pass));
        for (const { name, blocks } of stages) {
          for (const block of blocks) x = block(x, pass);
          x = pass.tap(name, x);
        }
        if (order > 1) x = pass.tap('pooled', groupPool(x, order));
        return head.apply(x, pass);
      },
    };
  },
};

type CnnShape = (ConvShape | GroupConvShape) & { readonly stride: number };

/** Convolution, batch norm, ReLU; inside the shortcut where the shape stays. */
function unit(scope: Scope, shape: CnnShape, shortcuts: boolean, drop: number): MapBlock {
  const shortcut = shortcuts && shape.stride === 1 && shape.inputs === shape.outputs;
  const conv = new ConvNorm(scope, shape, shortcut ? 'linear' : 'relu');
  if (!shortcut) return (x, pass) => conv.apply(x, pass);
  const name = scope.name('drop');
  return (x, pass) => tidy(() => relu(add<Tensor4D>(x, dropPath(conv.apply(x, pass), drop, name, pass))));
}
