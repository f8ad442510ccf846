import { imageMaskOverlap, imagePixelScores } from '@pcam/metrics';
import type { Dataset } from '@pcam/pcam-data';
import { EvaluationError } from './errors.js';
import type { MeasuredPixels } from './pixel-measures.js';

/** Ways to segment that tell nothing of place in a patch, or nothing but nearness to its centre. */
export type BaselineName = 'painted' | 'allOnes' | 'random' | 'centrePrior';

/** What people should know of a baseline. */
export interface BaselineTraits {
  /** For a row of a table. */
  readonly title: string;
  /** For a line on a terminal. */
  readonly short: string;
}

/**
 * Every baseline, in the order to show them. Within a patch a map that is one constant has the patch's share of tumour
 * as its average precision and ½ as its AUROC, whatever the constant: `painted`, `allOnes` and `random` differ only where
 * pixels are pooled.
 */
export const BASELINES: Readonly<Record<BaselineName, BaselineTraits>> = {
  painted: { title: "each patch's own logit, painted all over it", short: 'painted' },
  allOnes: { title: 'everything is tumour', short: 'all ones' },
  random: { title: 'each pixel by the toss of a coin', short: 'random' },
  centrePrior: { title: 'the half nearest to the centre', short: 'centre prior' },
};

/** What a model says of whole patches, in the order of the data set. */
export interface PatchCalls {
  /** `[n]`. */
  readonly logits: ArrayLike<number>;
  /** Which are called tumour, 0 or 1, `[n]`. */
  readonly called: ArrayLike<number>;
}

/** @throws EvaluationError `size` where there is not one of each a patch. */
export function checkCalls(where: string, calls: PatchCalls, { length, name: of }: Dataset): void {
  for (const name of ['logits', 'called'] as const) {
    const given = calls[name]?.length;
    if (given === length) continue;
    throw new EvaluationError(
      'size',
      `${where}: calls.${name} has ${given ?? 'no'} values for ${length} patches of ${of}; give one a patch`,
    );
  }
}

/** Baselines on patches that are given one by one. */
export interface Baselines extends Readonly<Record<Exclude<BaselineName, 'painted'>, MeasuredPixels>> {
  /**
   * The model's logit of each patch, as a map that is one constant; all of a patch is tumour where the model calls it so.
   * Where there are calls.
   */
  readonly painted?: MeasuredPixels;
  /** Everything is tumour. */
  readonly allOnes: MeasuredPixels;
  /** Each pixel is tumour with probability one half; counts are the expected ones. */
  readonly random: MeasuredPixels;
  /** Nearness to the patch's centre, of which PCam's label speaks; the nearer half of the pixels is tumour. */
  readonly centrePrior: MeasuredPixels;
  /** Adds the next patch. @param truth 0 or 1, `[height, width]`. @throws EvaluationError `size` where calls are fewer. */
  update(truth: Uint8Array): void;
}

/**
 * Measures ways to segment that any method must pass: three that look at no image and, where a model's calls are given,
 * one that looks at patches, not into them.
 */
export function baselines(height: number, width: number, calls?: PatchCalls): Baselines {
  const pixels = height * width;
  const ones = new Uint8Array(pixels).fill(1);
  const nearness = centreNearness(height, width);
  const median = [...nearness].sort((a, b) => b - a)[Math.floor(pixels / 2) - 1]!;
  const nearer = Uint8Array.from(nearness, (value) => (value >= median ? 1 : 0));
  const make = () => ({ scores: imagePixelScores(), overlap: imageMaskOverlap() });
  const [allOnes, centrePrior] = [make(), make()];
  // No score of either tells pixels apart: what they reach is the same.
  const random = { scores: allOnes.scores, overlap: imageMaskOverlap() };
  const painted = calls && make();
  const paint = (truth: Uint8Array): void => {
    if (!painted) return;
    const at = painted.scores.length;
    const [logit, called] = [calls.logits[at], calls.called[at]];
    if (logit === undefined || called === undefined)
      throw new EvaluationError('size', `baselines: there are more patches than calls, ${at} of them`);
    painted.scores.update(new Float64Array(pixels).fill(logit), truth);
    painted.overlap.update(new Uint8Array(pixels).fill(called), truth);
  };
  return {
    ...(painted && { painted }),
    allOnes,
    random,
    centrePrior,
    update(truth) {
      paint(truth);
      allOnes.scores.update(ones, truth);
      allOnes.overlap.update(ones, truth);
      const positives = truth.reduce((sum, value) => sum + value, 0);
      const [tp, fp] = [positives / 2, (pixels - positives) / 2];
      random.overlap.add({ tp, fn: tp, fp, tn: fp });
      centrePrior.scores.update(nearness, truth);
      centrePrior.overlap.update(nearer, truth);
    },
  };
}

/** The negative distance of each pixel from the centre, in pixels. */
function centreNearness(height: number, width: number): Float32Array {
  return Float32Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    return -Math.hypot(y - (height - 1) / 2, x - (width - 1) / 2);
  });
}
