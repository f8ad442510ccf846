import { checkKeys } from '@pcam/options';
import { slice, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { Explainable } from '../explainable.js';
import { requireFinite } from '../finite.js';
import { requireImages } from '../require.js';
import { checkChannels, combineChannels } from './channels.js';
import type { InputGradientOptions } from './input-gradient.js';
import { meanPathGradient, type PathPoint } from './path-gradient.js';
import { randomNumbers } from './random.js';

export interface ExpectedGradientsOptions extends InputGradientOptions {
  /** Images `[R, H, W, C]` to compare with, such as healthy patches. */
  readonly references: Tensor4D;
  /** Pairs of a reference and a place on the way from it. Default 32. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * Expected gradients (Erion et al. 2021, doi:10.1038/s42256-021-00343-w, equation 3): integrated gradients
 * averaged over references x′, E[(x − x′) ⊙ ∂y/∂x at x′ + α (x − x′)] for α uniform in [0, 1].
 *
 * References are drawn in shuffled rounds, and one α from each of `samples` equal parts of [0, 1]: unbiased as
 * independent draws are, with less noise. All images of a batch share the draws, so that an image has the same
 * map alone and in any batch.
 *
 * @param images `[B, H, W, C]`. @returns `[B, H, W]` float32.
 * @throws Error as `inputGradient`; for references of another size, or samples that are no positive integer.
 */
export function expectedGradients(
  model: Explainable,
  images: Tensor4D,
  options: ExpectedGradientsOptions,
): Tensor3D {
  const known = { target: true, channels: true, references: true, samples: true, seed: true } as const;
  checkKeys<ExpectedGradientsOptions>('expectedGradients', options, known, HINTS);
  const { target, channels, references, samples = 32, seed = 0 } = options ?? {};
  checkChannels('expectedGradients', channels);
  if (!references) {
    throw new Error(
      'expectedGradients needs references, images [R, H, W, C] to compare with, such as healthy patches.',
    );
  }
  if (!Number.isInteger(samples) || samples < 1) {
    throw new Error(`samples is ${samples}; expected a positive integer.`);
  }
  requireImages(images);
  const [count, ...size] = references.shape;
  if (references.rank !== 4 || count === 0 || size.join() !== images.shape.slice(1).join()) {
    throw new Error(`The references are shaped [${references.shape}], for images [${images.shape}].`);
  }
  return tidy(() => {
    const random = randomNumbers(seed);
    const order = Array.from({ length: Math.ceil(samples / count) }, () => shuffled(count, random)).flat();
    const parts = shuffled(samples, random);
    const points = parts.map((part, k): PathPoint => {
      const from = slice(references, [order[k]!, 0, 0, 0], [1, -1, -1, -1]);
      return { from, at: (part + random()) / samples };
    });
    const map = combineChannels(meanPathGradient(model, images, points, target), channels);
    requireFinite(map, 'The expected gradient');
    return map;
  });
}

const HINTS = { baseline: 'give references, images to compare with', steps: 'give samples' };

/** 0 … length − 1 in random order (Fisher–Yates). */
function shuffled(length: number, random: () => number): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
