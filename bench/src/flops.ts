import type { ModelConfig } from '@pcam/models';
import type { RowKey } from './catalogue.js';

/** Floating-point operations of one image's forward pass, a multiply-add counted as two. */
export interface Work {
  readonly forward: number;
  /** Of them, the first convolution's, whose input needs no gradient. */
  readonly first: number;
}

interface ResnetShape {
  readonly depths: readonly number[];
  readonly widths: readonly number[];
  readonly stemWidth: number;
  readonly stemKernel: number;
  readonly stemStride: number;
  readonly stemPool: boolean;
}

interface VitShape {
  readonly stemWidths: readonly number[];
  readonly width: number;
  readonly depth: number;
  readonly mlpRatio: number;
}

export function workOf(config: ModelConfig, size: number): Work {
  const shape: unknown = config;
  return config.name === 'vit' ? vitWork(shape as VitShape, size) : resnetWork(shape as ResnetShape, size);
}

/** Of convolutions computed directly; normalisation and activations are left out. */
function resnetWork(shape: ResnetShape, size: number): Work {
  let side = size / shape.stemStride;
  const first = convolution(side, shape.stemKernel, 3, shape.stemWidth);
  if (shape.stemPool) side /= 2;
  let total = first;
  let inputs = shape.stemWidth;
  for (const [stage, width] of shape.widths.entries()) {
    for (let block = 0; block < shape.depths[stage]!; block++) {
      if (stage > 0 && block === 0) side /= 2;
      total += convolution(side, 3, inputs, width) + convolution(side, 3, width, width);
      const reshapes = inputs !== width || (stage > 0 && block === 0);
      if (reshapes) total += convolution(side, 1, inputs, width);
      inputs = width;
    }
  }
  return { forward: total + 2 * inputs, first };
}

/** Of convolutions and matrix products, attention's own included. */
function vitWork({ stemWidths, width, depth, mlpRatio }: VitShape, size: number): Work {
  let side = size;
  let inputs = 3;
  const stem = stemWidths.map((outputs) => {
    side /= 2;
    const flops = convolution(side, 3, inputs, outputs);
    inputs = outputs;
    return flops;
  });
  const tokens = side ** 2;
  const dense = (from: number, to: number): number => 2 * tokens * from * to;
  const attention = 4 * dense(width, width) + 2 * dense(width, tokens);
  const block = attention + 2 * dense(width, mlpRatio * width);
  const total =
    stem.reduce((sum, flops) => sum + flops, 0) + dense(inputs, width) + depth * block + 2 * width;
  return { forward: total, first: stem[0]! };
}

/**
 * Operations that a row's step cannot do without, whoever computes it. Backward, each layer has
 * one product for the gradient of its input (the first one's is not needed) and one for that of
 * its weights. A loss that holds ∂logit/∂image takes six for each layer: forward, the input's
 * gradient, and what flows back through both of them to input and weights.
 */
export function rowFlops(row: RowKey, { forward, first }: Work, batch: number): number {
  const each: Record<RowKey, number> = {
    inference: forward,
    'grad-cam': forward,
    train: 3 * forward - first,
    constrained: 6 * forward - first,
  };
  return batch * each[row];
}

/** A square convolution onto `side`×`side` places. */
function convolution(side: number, kernel: number, inputs: number, outputs: number): number {
  return 2 * side ** 2 * kernel ** 2 * inputs * outputs;
}
