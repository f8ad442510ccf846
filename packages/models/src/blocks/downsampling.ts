import { maxPool } from '@pcam/tfjs-gradients';
import { avgPool, customGrad, mul, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { choice, type Option } from '../options.js';
import { upsample } from './upsample.js';

/**
 * How a network makes its maps coarser:
 * - `'symmetric'`: by windows that lie around the middle of a cell's share of the image, so that turning and flipping
 *   the image turns and flips what is sampled;
 * - `'strided'`: by windows of odd size centred on each share's first pixel, as in torchvision, which no turned image
 *   shares.
 */
export type Downsampling = 'symmetric' | 'strided';

const kinds: readonly Downsampling[] = ['symmetric', 'strided'];

/** The option of a family of this package's own shape, whose configurations were `'strided'` before it existed. */
export const downsamplingOption: Option<Downsampling> = {
  ...choice<Downsampling>('symmetric', kinds),
  before: 'strided',
};

/** The option of a family whose point is a published shape. */
export const stridedOption: Option<Downsampling> = choice<Downsampling>('strided', kinds);

/**
 * Where trained networks' cells lie, as a share of the way from where their receptive fields are centred (0) to the
 * middle of their share of the image (1). Measured on trained cnn and cnn-fine: pasted spots and the agreement of
 * flipped images' maps put them about halfway, for training with flips makes a network as symmetric as its sampling
 * lets it be (`flipConsistency` and `spotOffset` of @pcam/evaluation measure it).
 */
const LEARNED_SHARE = 0.5;

/** The pixel that the first cell of a map of this stride stands for. */
export function originOf(stride: number, downsampling: Downsampling): number {
  return (downsampling === 'symmetric' ? 1 : LEARNED_SHARE) * ((stride - 1) / 2);
}

/**
 * The window of a convolution that is `kernel` (odd) wide at stride 1, and so padded. Symmetric ones are as wide as it
 * followed by the mean of stride × stride cells, which is their special case: 4×4 for 3×3 of stride 2, 8×8 for 7×7.
 * Cell i then covers pixels stride · i − padding … stride · (i + 1) − 1 + padding.
 */
export function windowOf(
  kernel: number,
  stride: number,
  downsampling: Downsampling,
): { readonly side: number; readonly padding: number } {
  const side = downsampling === 'symmetric' ? kernel + stride - 1 : kernel;
  return { side, padding: (kernel - 1) / 2 };
}

/** Max-pooling of stride 2: of 2×2 cells, or of 3×3 around the first of them. */
export function halve(x: Tensor4D, downsampling: Downsampling): Tensor4D {
  return downsampling === 'symmetric' ? maxPool(x, 2, 2, 'valid') : maxPool(x, 3, 2, 1);
}

/**
 * The mean of each 2×2 cells, `[B, 2h, 2w, C]` to `[B, h, w, C]`. Its gradient is written as ops that can be
 * differentiated to any order; tfjs's own has only the first.
 */
export function averageHalved(x: Tensor4D): Tensor4D {
  const op = customGrad((...args) => ({
    value: avgPool(args[0] as Tensor4D, 2, 2, 'valid'),
    gradFunc: (dy: Tensor) => tidy(() => upsample(mul<Tensor4D>(dy, 1 / 4))),
  }));
  return op(x) as Tensor4D;
}
