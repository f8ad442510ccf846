/*
 * The rotation-equivariant DenseNet of PCam's authors: Veeling et al. 2018, "Rotation equivariant CNNs for digital
 * pathology", arXiv:1806.03962, as their code has it (https://github.com/basveeling/keras-gcnn). Group convolutions:
 * Cohen & Welling 2016, arXiv:1602.07576. Dense blocks: Huang et al. 2017, arXiv:1608.06993.
 *
 * Of ours: 2×2 pooling before the 1×1 convolution, which commutes with it and saves a quarter of its work, and
 * PyTorch's running statistics.
 */
import { slice, tidy } from '@tensorflow/tfjs-core';
import { averageHalved } from '../blocks/downsampling.js';
import { GroupConv } from '../blocks/group-conv.js';
import { concatFeatures, GroupNormRelu, groupPool } from '../blocks/group-features.js';
import { PooledHead, type PoolOptions, poolOptions } from '../blocks/pooled-head.js';
import { type Group, groupNames, orderOf } from '../blocks/symmetry-group.js';
import { type Family, type StandardOptions, standardOptions } from '../family.js';
import type { MapLayer } from '../model.js';
import { choice, integer, type OptionTable, rate } from '../options.js';
import type { MapBlock } from '../pass.js';
import type { Scope } from '../scope.js';

/** Options of the rotation-equivariant DenseNet (Veeling et al. 2018, arXiv:1806.03962). */
export interface DensenetOptions extends StandardOptions, PoolOptions {
  /** What it commutes with: `'z2'` shifts alone, `'p4'` quarter turns too, `'p4m'` mirrors too. */
  readonly group: Group;
  /** Features of the first convolution; there are as many maps of each as the group has orientations: 1, 4, 8. */
  readonly stemWidth: number;
  /** Features that each dense block adds. */
  readonly growth: number;
  /** Dense blocks, of one 3×3 convolution each; each further one halves the resolution. */
  readonly blocks: number;
  /** Of the pooled features. */
  readonly dropout: number;
}

const options: OptionTable<DensenetOptions> = {
  group: choice('p4m', groupNames),
  stemWidth: integer(9),
  growth: integer(9),
  blocks: integer(5),
  dropout: rate(0),
  ...poolOptions,
  ...standardOptions,
};

export const densenet: Family<DensenetOptions, 'densenet-p4m' | 'densenet-p4' | 'densenet-z2'> = {
  name: 'densenet',
  about: "PCam's authors' network, whose logit no turn or mirroring of the patch changes",
  options,
  presets: {
    'densenet-p4m': {},
    'densenet-p4': { group: 'p4', stemWidth: 13, growth: 13 },
    'densenet-z2': { group: 'z2', stemWidth: 26, growth: 26 },
  },
  build(config, scope) {
    const { group, stemWidth, growth, blocks } = config;
    const order = orderOf(group);
    const lifting = { group, lifted: false, inputs: 3, outputs: stemWidth, kernel: 3 };
    const stem = new GroupConv(scope.child('stem').child('conv'), lifting);
    // Without padding a map begins at the first pixel that its cells' whole receptive field fits around.
    const layers: MapLayer[] = [
      { name: 'stem', kind: 'map', channels: order * stemWidth, stride: 1, origin: 1 },
    ];
    const steps = Array.from({ length: blocks }, (_, index): { name: string; run: MapBlock } => {
      const width = stemWidth + index * growth;
      const name = `blocks.${index}`;
      const child = scope.child('blocks').child(index);
      const before = layers.at(-1)!;
      const reduce = index === 0 ? undefined : transition(child.child('transition'), group, width);
      const stride = 2 ** index;
      const origin = before.origin! + (reduce ? before.stride / 2 : 0) + stride;
      layers.push({ ...before, name, channels: order * (width + growth), stride, origin });
      const grow = denseBlock(child, group, width, growth);
      return { name, run: (x, pass) => tidy(() => grow(reduce ? reduce(x, pass) : x, pass)) };
    });
    const width = stemWidth + blocks * growth;
    const norm = new GroupNormRelu(scope.child('bn'), order, width);
    const last: MapLayer = { ...layers.at(-1)!, name: 'pooled', channels: width };
    layers.push(last);
    const head = new PooledHead(scope.child('head'), last, { ...config, downsampling: 'symmetric' });
    return {
      layers,
      stride: last.stride,
      // The last map has side / stride − 4 cells, so that every map that is pooled is even where the stride divides.
      smallestSide: 5 * last.stride,
      run(images, pass) {
        let x = pass.tap('stem', stem.apply(images, pass));
        for (const { name, run } of steps) x = pass.tap(name, run(x, pass));
        x = pass.tap('pooled', groupPool(norm.apply(x, pass), order));
        return head.apply(x, pass);
      },
    };
  },
};

/** Batch norm, ReLU and a 3×3 convolution, whose features are added to those that came in, cropped to its size. */
function denseBlock(scope: Scope, group: Group, inputs: number, growth: number): MapBlock {
  const order = orderOf(group);
  const norm = new GroupNormRelu(scope.child('bn'), order, inputs);
  const conv = new GroupConv(scope.child('conv'), {
    group,
    lifted: true,
    inputs,
    outputs: growth,
    kernel: 3,
  });
  return (x, pass) => {
    const added = conv.apply(norm.apply(x, pass), pass);
    const [batch, height, width] = added.shape;
    return concatFeatures(slice(x, [0, 1, 1, 0], [batch, height, width, x.shape[3]]), added, order);
  };
}

/** Batch norm, ReLU, 2×2 means and a 1×1 convolution. */
function transition(scope: Scope, group: Group, width: number): MapBlock {
  const norm = new GroupNormRelu(scope.child('bn'), orderOf(group), width);
  const shape = { group, lifted: true, inputs: width, outputs: width, kernel: 1 };
  const conv = new GroupConv(scope.child('conv'), shape);
  return (x, pass) => conv.apply(averageHalved(norm.apply(x, pass)), pass);
}
