/*
 * A small vision transformer: Dosovitskiy et al. 2021, "An image is worth 16x16 words: transformers for image
 * recognition at scale", arXiv:2010.11929, with pre-norm blocks and learned positions.
 * Convolutional stem instead of patches: Xiao et al. 2021, "Early convolutions help transformers see better",
 * arXiv:2106.14881. Stochastic depth: Huang et al. 2016, arXiv:1603.09382, as in DeiT, arXiv:2012.12877.
 * Global average pooling instead of a class token: Beyer et al. 2022, arXiv:2205.01580.
 */
import {
  add,
  concat,
  mean,
  reshape,
  slice,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import { gelu } from '../blocks/activations.js';
import { Attention } from '../blocks/attention.js';
import { ConvNorm } from '../blocks/conv-norm.js';
import { Dense } from '../blocks/dense.js';
import { originOf } from '../blocks/downsampling.js';
import { dropPath, dropPathRate } from '../blocks/drop.js';
import { LogitHead } from '../blocks/head.js';
import { LayerNorm } from '../blocks/layer-norm.js';
import { PositionEmbedding } from '../blocks/position-embedding.js';
import { type Family, type StandardOptions, standardOptions } from '../family.js';
import { truncatedNormal } from '../initialisers.js';
import type { Layer, TokenLayer } from '../model.js';
import { choice, integer, integers, type OptionTable, rate } from '../options.js';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';

/** Options of the small vision transformer (Dosovitskiy et al. 2021, arXiv:2010.11929) with a convolutional stem. */
export interface VitOptions extends StandardOptions {
  /** Channels of the stem's 3×3 convolutions of stride 2: as many halvings as there are widths. */
  readonly stemWidths: readonly number[];
  /** Features of a token. */
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Hidden features of a block's MLP, as a multiple of `width`. */
  readonly mlpRatio: number;
  /** Rows and columns of the learned positions; other grids interpolate. */
  readonly positionGrid: number;
  /** What the logit reads: the mean of the tokens, or a class token. */
  readonly pool: 'average' | 'class';
  /** Probability of dropping the last block's branches; earlier ones less, linearly. */
  readonly stochasticDepth: number;
  /** Of the pooled features. */
  readonly dropout: number;
}

const options: OptionTable<VitOptions> = {
  stemWidths: integers([16, 32, 64]),
  width: integer(64),
  depth: integer(4),
  heads: integer(4),
  mlpRatio: integer(4),
  positionGrid: integer(12),
  pool: choice('average', ['average', 'class']),
  stochasticDepth: rate(0.1),
  dropout: rate(0),
  ...standardOptions,
};

export const vit: Family<VitOptions, 'vit-small' | 'vit-coarse'> = {
  name: 'vit',
  about: 'as published, for 96 pixels',
  options,
  presets: {
    'vit-small': {},
    'vit-coarse': { stemWidths: [16, 32, 64, 128], width: 128, depth: 6, positionGrid: 6 },
  },
  build(config, scope) {
    const { stemWidths, width, depth, heads, positionGrid } = config;
    if (width % heads !== 0) {
      throw new Error(
        `Model 'vit': option 'heads' must divide 'width', but ${width} / ${heads} is not whole.`,
      );
    }
    const stride = 2 ** stemWidths.length;
    const classTokens = config.pool === 'class' ? 1 : 0;
    const stem = stemWidths.map((outputs, index) => {
      const inputs = index === 0 ? 3 : stemWidths[index - 1]!;
      return new ConvNorm(
        scope.child('stem').child(index),
        { inputs, outputs, kernel: 3, stride: 2 },
        'relu',
      );
    });
    const project = new Dense(scope.child('project'), stemWidths.at(-1)!, width, truncatedNormal);
    const position = new PositionEmbedding(scope.child('position'), positionGrid, width);
    const classToken = classTokens ? scope.create('classToken', [1, 1, width], truncatedNormal) : undefined;
    const blocks = Array.from({ length: depth }, (_, index) => ({
      name: `blocks.${index}`,
      block: new Block(
        scope.child('blocks').child(index),
        config,
        dropPathRate(config.stochasticDepth, index, depth),
      ),
    }));
    const norm = new LayerNorm(scope.child('norm'), width);
    const head = new LogitHead(scope.child('head'), width, config.dropout, truncatedNormal);

    const tokens = (name: string): TokenLayer => ({
      name,
      kind: 'tokens',
      channels: width,
      stride,
      origin: originOf(stride, 'strided'),
      classTokens,
    });
    const layers: Layer[] = [
      {
        name: 'stem',
        kind: 'map',
        channels: stemWidths.at(-1)!,
        stride,
        origin: originOf(stride, 'strided'),
      },
      tokens('embedding'),
      ...blocks.map(({ name }) => tokens(name)),
      tokens('norm'),
    ];
    return {
      layers,
      stride,
      run(images, pass) {
        let map: Tensor4D = images;
        for (const conv of stem) map = conv.apply(map, pass);
        map = pass.tap('stem', map);
        const [batch, rows, columns, channels] = map.shape;
        const projected = project.applyToTokens(reshape(map, [batch, rows * columns, channels]));
        let x = add<Tensor3D>(projected, position.forGrid(rows, columns));
        if (classToken) x = concat([tile(classToken as unknown as Tensor3D, [batch, 1, 1]), x], 1);
        x = pass.tap('embedding', x);
        for (const { name, block } of blocks) x = pass.tap(name, block.apply(x, pass));
        x = pass.tap('norm', norm.apply(x));
        const pooled = classToken ? reshape(slice(x, [0, 0, 0], [-1, 1, -1]), [batch, width]) : mean(x, 1);
        return head.apply(pooled as Tensor2D, pass);
      },
    };
  },
};

/** x + attention(norm(x)), then x + MLP(norm(x)). */
class Block {
  readonly #norm1: LayerNorm;
  readonly #attention: Attention;
  readonly #norm2: LayerNorm;
  readonly #expand: Dense;
  readonly #contract: Dense;
  readonly #drop: number;
  readonly #name: string;

  constructor(scope: Scope, { width, heads, mlpRatio }: VitOptions, drop: number) {
    this.#norm1 = new LayerNorm(scope.child('norm1'), width);
    this.#attention = new Attention(scope.child('attention'), width, heads);
    this.#norm2 = new LayerNorm(scope.child('norm2'), width);
    this.#expand = new Dense(scope.child('mlp').child('expand'), width, mlpRatio * width, truncatedNormal);
    this.#contract = new Dense(
      scope.child('mlp').child('contract'),
      mlpRatio * width,
      width,
      truncatedNormal,
    );
    this.#drop = drop;
    this.#name = scope.name('drop');
  }

  apply(x: Tensor3D, pass: Pass): Tensor3D {
    const drop = (branch: Tensor3D, which: string): Tensor3D =>
      dropPath(branch, this.#drop, `${this.#name}.${which}`, pass);
    return tidy(() => {
      const attended = add<Tensor3D>(x, drop(this.#attention.apply(this.#norm1.apply(x)), 'attention'));
      const hidden = gelu(this.#expand.applyToTokens(this.#norm2.apply(attended)));
      return add<Tensor3D>(attended, drop(this.#contract.applyToTokens(hidden), 'mlp'));
    });
  }
}
