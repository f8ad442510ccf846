import { imageMaskOverlap, imagePixelScores } from '@pcam/metrics';
import type { MeasuredPixels } from './pixel-measures.js';

/** Ways to segment that look at no image. */
export interface Baselines {
  /** Everything is tumour. */
  readonly allOnes: MeasuredPixels;
  /** Each pixel is tumour with probability one half; counts are the expected ones. */
  readonly random: MeasuredPixels;
  /** Nearness to the patch's centre, of which PCam's label speaks; the nearer half of the pixels is tumour. */
  readonly centrePrior: MeasuredPixels;
  /** Adds one patch. @param truth 0 or 1, `[height, width]`. */
  update(truth: Uint8Array): void;
}

/** Measures ways to segment that look at no image: what they reach, any method must pass. */
export function baselines(height: number, width: number): Baselines {
  const pixels = height * width;
  const ones = new Uint8Array(pixels).fill(1);
  const nearness = centreNearness(height, width);
  const median = [...nearness].sort((a, b) => b - a)[Math.floor(pixels / 2) - 1]!;
  const nearer = Uint8Array.from(nearness, (value) => (value >= median ? 1 : 0));
  const make = () => ({ scores: imagePixelScores(), overlap: imageMaskOverlap() });
  const [allOnes, centrePrior] = [make(), make()];
  // No score of either tells pixels apart: what they reach is the same.
  const random = { scores: allOnes.scores, overlap: imageMaskOverlap() };
  return {
    allOnes,
    random,
    centrePrior,
    update(truth) {
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
