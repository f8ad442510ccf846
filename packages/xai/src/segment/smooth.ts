import { matMul, reshape, type Tensor2D, type Tensor3D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { expectThat, isFrom0 } from '../check-options.js';
import { requireTensor } from '../require.js';

/** Where a Gaussian is cut off, in standard deviations; beyond lies 6e-5 of its mass. */
const TRUNCATE = 4;

/**
 * Gaussian smoothing of each map, as one matrix product per axis: any backend has it, and it
 * can be differentiated twice. Borders reflect (`d c b a | a b c d | d c b a`), so constants
 * stay as they are and each map keeps its sum.
 *
 * @param maps `[B, H, W]`.
 * @param sigma standard deviation in pixels, at least 0; 0 changes nothing.
 * @returns `[B, H, W]`.
 * @throws XaiError for a sigma that is no finite number from 0 on.
 */
export function smoothMaps(maps: Tensor3D, sigma: number): Tensor3D {
  requireTensor('smoothMaps: maps', maps, '[B, H, W]');
  expectThat(isFrom0(sigma), 'sigma', sigma, 'a number of pixels from 0 on');
  if (sigma === 0) return maps.clone();
  const [batch, height, width] = maps.shape;
  return tidy(() => {
    const across = matMul(reshape(maps, [batch * height, width]), gaussianMatrix(width, sigma));
    const down = reshape(gaussianMatrix(height, sigma), [1, height, height]);
    return matMul(down, reshape(across, [batch, height, width])) as Tensor3D;
  });
}

/** Row i holds the weights that the pixels have in the smoothed pixel i; symmetric, as reflection makes it. */
function gaussianMatrix(length: number, sigma: number): Tensor2D {
  const radius = Math.ceil(TRUNCATE * sigma);
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - radius) / sigma) ** 2),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const matrix = new Float64Array(length * length);
  for (let i = 0; i < length; i++) {
    for (const [k, weight] of kernel.entries()) {
      matrix[i * length + reflect(i + k - radius, length)]! += weight / total;
    }
  }
  return tensor2d(Float32Array.from(matrix), [length, length]);
}

/** The place in [0, length) that a place outside is the mirror image of, however far away. */
function reflect(place: number, length: number): number {
  const period = 2 * length;
  const within = ((place % period) + period) % period;
  return within < length ? within : period - 1 - within;
}
