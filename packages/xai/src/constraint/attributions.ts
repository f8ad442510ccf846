import {
  cast,
  floor,
  gather,
  greaterEqual,
  minimum,
  mul,
  randomUniform,
  reshape,
  sub,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { camMap } from '../cam-map.js';
import type { Explainable } from '../explainable.js';
import { type Baseline, baselineTensor } from '../gradients/baseline.js';
import { meanPathGradient } from '../gradients/path-gradient.js';
import { type Placement, placeMaps } from '../placement.js';
import { describe, type Forward, type RecordedPass } from './recorded-pass.js';

/** ∂logit/∂image (Simonyan et al. 2014, arXiv 1312.6034). */
export interface GradientAttribution {
  readonly name: 'gradient';
}

/** ∂logit/∂image ⊙ (image − baseline) (Shrikumar et al. 2016, arXiv 1605.01713). */
export interface GradientTimesInputAttribution {
  readonly name: 'gradientTimesInput';
  readonly baseline?: Baseline;
}

/** Sundararajan et al. 2017, arXiv 1703.01365, equation 3, at the middles of `steps` equal parts of the way. */
export interface IntegratedGradientsAttribution {
  readonly name: 'integratedGradients';
  readonly baseline?: Baseline;
  /** Forward passes. Default 4. */
  readonly steps?: number;
}

/**
 * Erion et al. 2021, arXiv 1906.10670, equation 3: the slopes at a random place on the way from a random reference
 * to the image, times that way, averaged over `samples` draws.
 */
export interface ExpectedGradientsAttribution {
  readonly name: 'expectedGradients';
  /** Draws, each a forward pass. Default 1, as the paper trains. */
  readonly samples?: number;
  /** `[R, H, W, C]`; the images of the batch by default. */
  readonly references?: Tensor4D;
  /** Share of draws whose reference is black. Default 0. */
  readonly zeroShare?: number;
  /** The draws depend on it and the step alone. Default 0. */
  readonly seed?: number;
}

/** Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391, equations 1 and 2) without its ReLU: signed. */
export interface GradCamAttribution {
  readonly name: 'gradCam';
  /** Default: the last layer; where that holds class tokens, one must be named. */
  readonly layer?: string;
  /** Where its cells lie in the region. Default `'tile'`. */
  readonly placement?: Placement;
}

export type ConstrainedAttribution =
  | GradientAttribution
  | GradientTimesInputAttribution
  | IntegratedGradientsAttribution
  | ExpectedGradientsAttribution
  | GradCamAttribution;

export type AttributionName = ConstrainedAttribution['name'];

export interface AttributionInput {
  readonly pass: RecordedPass;
  /** For attributions that look at other images than the pass's own. */
  readonly forward: Forward;
  readonly step: number;
}

/**
 * A differentiable attribution: `[B, H, W, C]` for those of pixels, `[B, H, W]` for Grad-CAM.
 *
 * Scaled so that its mean over places is of a logit's size: those of pixels are multiplied by H·W, Grad-CAM by the
 * cells of its grid. Under global average pooling, Grad-CAM times cells is the logit (without its bias) that each
 * place would have on its own.
 */
export function attributionOf(
  attribution: ConstrainedAttribution,
  input: AttributionInput,
): Tensor4D | Tensor3D {
  const { pass } = input;
  const [, height, width] = pass.images.shape;
  switch (attribution.name) {
    case 'gradient':
      return mul(pass.gradient(pass.images), height * width);
    case 'gradientTimesInput': {
      const way = sub(pass.images, baselineTensor(attribution.baseline ?? 0, pass.images));
      return mul(mul(pass.gradient(pass.images), way), height * width);
    }
    case 'integratedGradients':
      return mul(integratedGradients(attribution, input), height * width);
    case 'expectedGradients':
      return mul(expectedGradients(attribution, input), height * width);
    case 'gradCam':
      return gradCamOf(attribution, pass);
  }
}

function integratedGradients(
  { baseline = 0, steps = 4 }: IntegratedGradientsAttribution,
  { pass, forward }: AttributionInput,
): Tensor4D {
  const from = baselineTensor(baseline, pass.images);
  const points = Array.from({ length: steps }, (_, step) => ({ from, at: (step + 0.5) / steps }));
  return meanPathGradient(untapped(forward), pass.images, points, pass.target);
}

function expectedGradients(
  { samples = 1, references, zeroShare = 0, seed = 0 }: ExpectedGradientsAttribution,
  { pass, forward, step }: AttributionInput,
): Tensor4D {
  const { images } = pass;
  const known = references ?? images;
  const batch = images.shape[0];
  const points = Array.from({ length: samples }, (_, sample) => {
    const draw = (what: string): Tensor =>
      randomUniform([batch], 0, 1, 'float32', `${what} ${seed} ${step} ${sample}`);
    // A draw just below 1 is 1 as a float32.
    const count = known.shape[0];
    const each = (values: Tensor): Tensor => reshape(values, [batch, 1, 1, 1]);
    const chosen = gather(known, cast(minimum(floor(mul(draw('reference'), count)), count - 1), 'int32'));
    const present = cast(greaterEqual(each(draw('zero')), zeroShare), 'float32');
    return { from: mul(chosen, present), at: each(draw('place')) };
  });
  return meanPathGradient(untapped(forward), images, points, pass.target);
}

function untapped(forward: Forward): Explainable {
  return { forward: (images) => forward(images, { tap: (_, activation) => activation }) };
}

function gradCamOf({ layer: wanted, placement }: GradCamAttribution, pass: RecordedPass): Tensor3D {
  const name = wanted ?? pass.layers.at(-1)?.name ?? '';
  // Of an unknown layer, this is the error that lists those there are.
  const activation = pass.activation(name);
  const layer = pass.layers.find((known) => known.name === name) ?? describe(name, activation);
  if (wanted === undefined && layer.kind === 'tokens' && layer.classTokens) {
    throw new Error(
      `The last layer '${name}' holds class tokens, and the head may read nothing else of it, where Grad-CAM is zero: name an earlier layer.`,
    );
  }
  const size = [pass.images.shape[1], pass.images.shape[2]] as const;
  const map = camMap({ layer, activation, gradient: pass.gradient(activation) }, size);
  return placeMaps(mul(map, map.shape[1] * map.shape[2]), size, layer, placement);
}
