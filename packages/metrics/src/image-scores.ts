import { orNull } from './errors.js';
import { levelOf, type PixelScores, pixelScores } from './pixels.js';
import { areaOfPrecision, areaUnderRoc, type Cumulative } from './ranking.js';
import type { Numbers } from './validate.js';
import { type WithinImage, withinImage, withinMeans } from './within.js';

/**
 * How well map values rank pixels, from 0 to 1: within each image, which place alone decides; and over all pixels
 * pooled, which ranking whole images decides with it.
 */
export interface PixelStatistics extends PooledStatistics {
  /** Mean over partly tumorous images of the average precision within the image; null where there is none. */
  readonly withinImageAveragePrecision: number | null;
  /** Mean over partly tumorous images of the AUROC within the image; null where there is none. */
  readonly withinImageAuroc: number | null;
}

interface PooledStatistics {
  /** Over all pixels pooled; null without a tumour pixel. */
  readonly averagePrecision: number | null;
  /** Over all pixels pooled; null without pixels of both kinds. */
  readonly auroc: number | null;
}

/**
 * Pixel scores that remember which image each pixel is of: for what is measured within images, and so that a bootstrap
 * can draw whole images (or slides): pixels of one image are no independent witnesses.
 */
export interface ImagePixelScores {
  /** The pixels of one image, as of `PixelScores`. @throws MetricError `length`, `label`, `not-finite`. */
  update(scores: Numbers, truth: Numbers): void;
  /** Images so far. */
  readonly length: number;
  /** All pixels, at full resolution. */
  readonly pooled: PixelScores;
  /** Of each image alone, in order; null where it is not partly tumorous (`PARTLY_TUMOROUS`). */
  withinImages(): readonly (WithinImage | null)[];
  /** Of all images, at full resolution. @throws MetricError `empty`. */
  statistics(): PixelStatistics;
  /**
   * For `bootstrap`: the statistics where image i counts `weights[i]` times. For the pooled ones scores are rounded to
   * one part in 16; what that changes of the statistics of all images is taken off each value.
   */
  resampler(): (weights: Numbers) => PixelStatistics;
}

/** Sign, exponent and 3 bits of mantissa: some tens of levels an image. */
const BITS = 12;

/** {@link ImagePixelScores} of no image yet. Memory grows by two numbers and some tens of levels an image. */
export function imagePixelScores(): ImagePixelScores {
  const pooled = pixelScores();
  const images: ImageLevels[] = [];
  const within: (WithinImage | null)[] = [];
  const scratch: Scratch = { negatives: new Uint32Array(2 ** BITS), positives: new Uint32Array(2 ** BITS) };
  const exactly = (): PooledStatistics => ({
    averagePrecision: orNull(() => pooled.averagePrecision()),
    auroc: orNull(() => pooled.auroc()),
  });
  const beside = (statistics: PooledStatistics, weights?: Numbers): PixelStatistics => {
    const { averagePrecision, auroc } = withinMeans(within, weights);
    return { withinImageAveragePrecision: averagePrecision, withinImageAuroc: auroc, ...statistics };
  };
  return {
    pooled,
    withinImages: () => [...within],
    statistics: () => beside(exactly()),
    update(scores, truth) {
      pooled.update(scores, truth);
      images.push(levelsOf(scores, truth, scratch));
      within.push(withinImage(scores, truth));
    },
    get length() {
      return images.length;
    },
    resampler() {
      const statistics = weighted(images);
      const rounded = statistics(new Uint8Array(images.length).fill(1));
      const exact = exactly();
      const shifted = (drawn: PooledStatistics, name: keyof PooledStatistics): number | null => {
        const [value, coarse, fine] = [drawn[name], rounded[name], exact[name]];
        if (value === null || coarse === null || fine === null) return null;
        return Math.min(1, Math.max(0, value + fine - coarse));
      };
      return (weights) => {
        const drawn = statistics(weights);
        const both = {
          averagePrecision: shifted(drawn, 'averagePrecision'),
          auroc: shifted(drawn, 'auroc'),
        };
        return beside(both, weights);
      };
    },
  };
}

/** The used levels of one image, from the lowest on. */
interface ImageLevels {
  readonly levels: Uint16Array;
  readonly negatives: Uint32Array;
  readonly positives: Uint32Array;
}

type Scratch = Record<'negatives' | 'positives', Uint32Array>;

function levelsOf(scores: Numbers, truth: Numbers, scratch: Scratch): ImageLevels {
  scratch.negatives.fill(0);
  scratch.positives.fill(0);
  for (let i = 0; i < scores.length; i++) {
    scratch[truth[i] === 1 ? 'positives' : 'negatives'][levelOf(scores[i]!, BITS)]! += 1;
  }
  const used: number[] = [];
  for (let level = 0; level < 2 ** BITS; level++) {
    if (scratch.negatives[level]! + scratch.positives[level]! > 0) used.push(level);
  }
  return {
    levels: Uint16Array.from(used),
    negatives: Uint32Array.from(used, (level) => scratch.negatives[level]!),
    positives: Uint32Array.from(used, (level) => scratch.positives[level]!),
  };
}

/** What it computes with is made once and overwritten by each resample. */
function weighted(images: readonly ImageLevels[]): (weights: Numbers) => PooledStatistics {
  const placeOf = new Uint16Array(2 ** BITS);
  for (const { levels } of images) for (const level of levels) placeOf[level] = 1;
  let used = 0;
  for (let level = 2 ** BITS - 1; level >= 0; level--) if (placeOf[level] === 1) placeOf[level] = used++;
  const places = images.map(({ levels }) => Uint16Array.from(levels, (level) => placeOf[level]!));
  const truePositives = new Float64Array(used);
  const falsePositives = new Float64Array(used);
  return (weights) => {
    truePositives.fill(0);
    falsePositives.fill(0);
    for (const [i, { negatives, positives }] of images.entries()) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      const at = places[i]!;
      for (let k = 0; k < at.length; k++) {
        truePositives[at[k]!]! += weight * positives[k]!;
        falsePositives[at[k]!]! += weight * negatives[k]!;
      }
    }
    for (let k = 1; k < used; k++) {
      truePositives[k]! += truePositives[k - 1]!;
      falsePositives[k]! += falsePositives[k - 1]!;
    }
    const counts: Cumulative = {
      truePositives,
      falsePositives,
      thresholds: truePositives,
      positives: truePositives.at(-1) ?? 0,
      negatives: falsePositives.at(-1) ?? 0,
    };
    return statisticsOf(counts);
  };
}

function statisticsOf(counts: Cumulative): PooledStatistics {
  return {
    averagePrecision: orNull(() => areaOfPrecision(counts)),
    auroc: orNull(() => areaUnderRoc(counts)),
  };
}
