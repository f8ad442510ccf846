import { concat, reshape, type Tensor4D, tidy } from '@tensorflow/tfjs-core';

/**
 * Each cell twice along both axes, `[B, h, w, C]` to `[B, 2h, 2w, C]`: nearest-neighbour resizing, which before a
 * convolution leaves none of a transposed convolution's checkerboard (Odena et al. 2016, Distill,
 * doi:10.23915/distill.00003). In row-major order doubling is appending, so that every derivative exists; tfjs'
 * own resizing has only the first.
 */
export function upsample(x: Tensor4D): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  return tidy(() => {
    const wide = reshape(concat([x, x], 3), [batch, height, 1, 2 * width * channels]);
    return reshape(concat([wide, wide], 2), [batch, 2 * height, 2 * width, channels]);
  });
}
