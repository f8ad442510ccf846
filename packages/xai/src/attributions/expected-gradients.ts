import {
  cast,
  floor,
  gather,
  greaterEqual,
  minimum,
  mul,
  randomUniform,
  reshape,
  slice,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { XaiError } from '../errors.js';
import type { Explainable } from '../explainable.js';
import { type PixelMapOptions, pixelMap } from './attribute.js';
import type { AttributionDefinition } from './definition.js';
import { meanPathGradient, type PathPoint } from './path.js';

/** What {@link expectedGradients} takes beside what all attributions of pixels do. */
export interface DrawOptions {
  /** Images `[R, H, W, C]` to compare with, such as healthy patches; in training the batch's own by default. */
  readonly references?: Tensor4D;
  /** Pairs of a reference and a place on the way from it. Default 32; in training 1. */
  readonly samples?: number;
  /** Share of draws whose reference is black, in [0, 1]. Default 0. */
  readonly zeroShare?: number;
  /** The draws depend on it, and in training on the step, alone. Default 0. */
  readonly seed?: number;
}

/** Of {@link expectedGradients}. */
export interface ExpectedGradientsOptions extends PixelMapOptions, DrawOptions {
  readonly references: Tensor4D;
}

export const expectedGradientsDefinition: AttributionDefinition<'expectedGradients', DrawOptions> = {
  name: 'expectedGradients',
  title: 'expected gradients',
  citation: {
    authors: 'Erion et al. 2021',
    source: 'doi:10.1038/s42256-021-00343-w, arXiv 1906.10670',
    equation: 'equation 3',
  },
  level: 'pixel',
  options: {
    references: {
      kind: 'images',
      required: true,
      inTraining: { reason: 'the images of the batch are there' },
      description: 'images [R, H, W, C] to compare with, such as healthy patches',
    },
    samples: {
      kind: 'count',
      default: 32,
      inTraining: { default: 1, reason: 'as the paper trains: each step draws anew' },
      description: 'Draws of a reference and a place on the way from it',
    },
    zeroShare: { kind: 'share', default: 0, description: 'Share of draws whose reference is black' },
    seed: { kind: 'seed', default: 0, description: 'Seed of the draws' },
  },
  differentiable: true,
  hints: { baseline: 'give references, images to compare with', steps: 'give samples' },
  of(pass, { references = pass.images, samples = 1, zeroShare = 0, seed = 0 }) {
    const [count, ...size] = references.shape;
    if (references.rank !== 4 || count === 0 || size.join() !== pass.images.shape.slice(1).join()) {
      throw new XaiError(
        'shape',
        `The references are shaped [${references.shape}], for images [${pass.images.shape}].`,
      );
    }
    const draws = { references, samples, zeroShare, seed };
    const { step } = pass;
    const points = step === undefined ? sharedDraws(draws) : drawsOfStep(draws, pass.images.shape[0], step);
    return meanPathGradient(pass, points);
  },
};

/**
 * Expected gradients (Erion et al. 2021, doi:10.1038/s42256-021-00343-w, equation 3): integrated gradients
 * averaged over references x′, E[(x − x′) ⊙ ∂y/∂x at x′ + α (x − x′)] for α uniform in [0, 1].
 *
 * References are drawn in shuffled rounds, and one α from each of `samples` equal parts of [0, 1]: unbiased as
 * independent draws are, with less noise. All images of a batch share the draws, so that an image has the same
 * map alone and in any batch.
 *
 * @param images `[B, H, W, C]`. @returns `[B, H, W]` float32.
 * @throws XaiError as `inputGradient`; for references of another size, or samples that are no positive integer.
 */
export function expectedGradients(
  model: Explainable,
  images: Tensor4D,
  options: ExpectedGradientsOptions,
): Tensor3D {
  return pixelMap(expectedGradientsDefinition, model, images, options ?? {});
}

type Draws = Required<DrawOptions>;

/** The same for all images. */
function sharedDraws({ references, samples, zeroShare, seed }: Draws): PathPoint[] {
  const count = references.shape[0];
  const random = randomNumbers(seed);
  const order = Array.from({ length: Math.ceil(samples / count) }, () => shuffled(count, random)).flat();
  const parts = shuffled(samples, random);
  return parts.map((part, k): PathPoint => {
    const chosen = slice(references, [order[k]!, 0, 0, 0], [1, -1, -1, -1]);
    const at = (part + random()) / samples;
    return { from: zeroShare > 0 && random() < zeroShare ? zerosLike(chosen) : chosen, at };
  });
}

/** For each image of a training step its own, and others in the next step. */
function drawsOfStep(
  { references, samples, zeroShare, seed }: Draws,
  batch: number,
  step: number,
): PathPoint[] {
  return Array.from({ length: samples }, (_, sample) => {
    const draw = (what: string): Tensor =>
      randomUniform([batch], 0, 1, 'float32', `${what} ${seed} ${step} ${sample}`);
    // A draw just below 1 is 1 as a float32.
    const count = references.shape[0];
    const each = (values: Tensor): Tensor => reshape(values, [batch, 1, 1, 1]);
    const chosen = gather(
      references,
      cast(minimum(floor(mul(draw('reference'), count)), count - 1), 'int32'),
    );
    const present = cast(greaterEqual(each(draw('zero')), zeroShare), 'float32');
    return { from: mul(chosen, present), at: each(draw('place')) };
  });
}

/** Numbers in [0, 1), the same for the same seed everywhere (mulberry32, Ettinger 2017, public domain). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x = (x + Math.imul(x ^ (x >>> 7), x | 61)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 0 … length − 1 in random order (Fisher–Yates). */
function shuffled(length: number, random: () => number): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
