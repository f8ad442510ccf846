/*
 * Residual networks: He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition",
 * arXiv:1512.03385. The bottleneck strides at its 3×3 convolution, as in torchvision ("v1.5").
 * Zero-initialised last batch norm: Goyal et al. 2017, arXiv:1706.02677, section 5.1.
 * Stochastic depth: Huang et al. 2016, arXiv:1603.09382.
 * Shortcuts that average before they project: He, Zhang, Zhang et al. 2019, "Bag of tricks for image classification
 * with convolutional neural networks", arXiv:1812.01187, section 4 (ResNet-D).
 */
import { type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { addRelu } from '../blocks/add-relu.js';
import { spatialMeans } from '../blocks/channels.js';
import { ConvNorm } from '../blocks/conv-norm.js';
import { averageHalved, type Downsampling, halve, originOf, stridedOption } from '../blocks/downsampling.js';
import { dropPath, dropPathRate } from '../blocks/drop.js';
import { LogitHead } from '../blocks/head.js';
import { type Family, type StandardOptions, standardOptions } from '../family.js';
import { ones, zeros } from '../initialisers.js';
import type { MapLayer } from '../model.js';
import { choice, flag, integer, integers, type OptionTable, rate } from '../options.js';
import type { MapBlock } from '../pass.js';
import type { Scope } from '../scope.js';

/** Options of residual networks (He et al. 2016, arXiv:1512.03385). */
export interface ResnetOptions extends StandardOptions {
  readonly block: 'basic' | 'bottleneck';
  /** Blocks of each stage. */
  readonly depths: readonly number[];
  /** Channels of each stage's 3×3 convolutions; a bottleneck block puts out four times as many. */
  readonly widths: readonly number[];
  readonly stemWidth: number;
  readonly stemKernel: 3 | 5 | 7;
  readonly stemStride: 1 | 2;
  /** Max-pooling of stride 2 after the stem. */
  readonly stemPool: boolean;
  /**
   * `'strided'` is torchvision's architecture. `'symmetric'` has convolutions of stride 2 one wider (4×4; the stem 8×8
   * in place of 7×7), max-pooling of 2×2, and shortcuts that average 2×2 cells before their 1×1 convolution.
   */
  readonly downsampling: Downsampling;
  /** Starts every residual branch at zero. */
  readonly zeroInitResidual: boolean;
  /** Probability of dropping the last block's branch; earlier ones less, linearly. */
  readonly stochasticDepth: number;
  /** Of the pooled features. */
  readonly dropout: number;
}

const options: OptionTable<ResnetOptions> = {
  block: choice('basic', ['basic', 'bottleneck']),
  depths: integers([1, 1, 2, 1]),
  widths: integers([16, 32, 64, 128]),
  stemWidth: integer(16),
  stemKernel: choice(3, [3, 5, 7]),
  stemStride: choice(2, [1, 2]),
  stemPool: flag(false),
  downsampling: stridedOption,
  zeroInitResidual: flag(true),
  stochasticDepth: rate(0),
  dropout: rate(0.2),
  ...standardOptions,
};

const imageNet: Partial<ResnetOptions> = {
  widths: [64, 128, 256, 512],
  stemWidth: 64,
  stemKernel: 7,
  stemPool: true,
  zeroInitResidual: false,
  dropout: 0,
};

export const resnet: Family<ResnetOptions, 'resnet-small' | 'resnet18' | 'resnet34' | 'resnet50'> = {
  name: 'resnet',
  about: 'as published, for 96 pixels',
  options,
  presets: {
    'resnet-small': {},
    resnet18: { ...imageNet, depths: [2, 2, 2, 2] },
    resnet34: { ...imageNet, depths: [3, 4, 6, 3] },
    resnet50: { ...imageNet, block: 'bottleneck', depths: [3, 4, 6, 3] },
  },
  build(config, scope) {
    const { depths, widths, stemWidth, stemKernel, stemStride, stemPool, downsampling } = config;
    if (depths.length !== widths.length) {
      throw new Error("Model 'resnet': options 'depths' and 'widths' must have one value a stage each.");
    }
    const stemShape = { inputs: 3, outputs: stemWidth, kernel: stemKernel, stride: stemStride, downsampling };
    const stem = new ConvNorm(scope.child('stem'), stemShape, 'relu');
    const layerOf = (name: string, channels: number, stride: number): MapLayer => {
      return { name, kind: 'map', channels, stride, origin: originOf(stride, downsampling) };
    };
    const layers: MapLayer[] = [layerOf('stem', stemWidth, stemStride * (stemPool ? 2 : 1))];
    const total = depths.reduce((sum, depth) => sum + depth, 0);
    let built = 0;
    const stages = widths.map((width, index) => {
      const name = `stages.${index}`;
      const blocks = Array.from({ length: depths[index]! }, (_, position) => {
        const before = layers.at(-1)!;
        const block = buildBlock(scope.child('stages').child(index).child('blocks').child(position), config, {
          inputs: before.channels,
          width,
          stride: position === 0 && index > 0 ? 2 : 1,
          drop: dropPathRate(config.stochasticDepth, built++, total),
        });
        const blockName = `${name}.blocks.${position}`;
        layers.push(layerOf(blockName, block.outputs, before.stride * block.stride));
        return { name: blockName, apply: block.apply };
      });
      const last = layers.at(-1)!;
      layers.push({ ...last, name });
      return { name, blocks };
    });
    const head = new LogitHead(scope.child('head'), layers.at(-1)!.channels, config.dropout);
    return {
      layers,
      stride: layers.at(-1)!.stride,
      run(images, pass) {
        let x = stem.apply(images, pass);
        if (stemPool) x = halve(x, downsampling);
        x = pass.tap('stem', x);
        for (const { name, blocks } of stages) {
          for (const block of blocks) x = pass.tap(block.name, block.apply(x, pass));
          x = pass.tap(name, x);
        }
        return head.apply(spatialMeans(x), pass);
      },
    };
  },
};

interface BlockShape {
  readonly inputs: number;
  readonly width: number;
  readonly stride: number;
  readonly drop: number;
}

/** relu(shortcut(x) + branch(x)); the shortcut is a 1×1 convolution where the shape changes. */
function buildBlock(
  scope: Scope,
  { block, zeroInitResidual, downsampling }: ResnetOptions,
  { inputs, width, stride, drop }: BlockShape,
): { apply: MapBlock; outputs: number; stride: number } {
  const bottleneck = block === 'bottleneck';
  const outputs = bottleneck ? 4 * width : width;
  const lastWeight = zeroInitResidual ? zeros : ones;
  const convs = bottleneck
    ? [
        { inputs, outputs: width, kernel: 1 },
        { inputs: width, outputs: width, kernel: 3, stride, downsampling },
        { inputs: width, outputs, kernel: 1 },
      ]
    : [
        { inputs, outputs: width, kernel: 3, stride, downsampling },
        { inputs: width, outputs, kernel: 3 },
      ];
  const branch = convs.map((shape, index) => {
    const last = index === convs.length - 1;
    const names = { conv: `conv${index + 1}`, norm: `bn${index + 1}` };
    return new ConvNorm(scope, shape, last ? 'linear' : 'relu', names, last ? lastWeight : ones);
  });
  const averages = downsampling === 'symmetric' && stride === 2;
  const projection = { inputs, outputs, kernel: 1, stride: averages ? 1 : stride };
  const shortcut =
    stride === 1 && inputs === outputs
      ? undefined
      : new ConvNorm(scope.child('shortcut'), projection, 'linear');
  const dropName = scope.name('drop');
  const apply: MapBlock = (x, pass) =>
    tidy(() => {
      let y: Tensor4D = x;
      for (const conv of branch) y = conv.apply(y, pass);
      const straight = shortcut === undefined ? x : shortcut.apply(averages ? averageHalved(x) : x, pass);
      return addRelu(straight, dropPath(y, drop, dropName, pass));
    });
  return { apply, outputs, stride };
}
