import { describeValue } from '@pcam/options';
import { addConfusions, type Confusion, checkCounts, countOutcomes, f1 } from './confusion.js';
import { MetricError } from './errors.js';
import { checkPairs, type Numbers, type PairNames } from './validate.js';

/** Overlap of predicted and true masks, pooled over the pixels of all images given so far. */
export interface MaskOverlap {
  /**
   * @param predicted 0 or 1, the pixels of one image or many. @param truth 0 or 1, as many.
   * @throws MetricError `kind`, `length`, `label`, `not-finite`.
   */
  update(predicted: Numbers, truth: Numbers): void;
  /** Adds the pixels of another part of the data set. */
  merge(other: MaskOverlap): void;
  /** Pixels by outcome; all 0 where none was given. */
  counts(): Confusion;
  /** 2|A∩B| / (|A| + |B|) (Dice 1945); 1 where both masks are empty. @throws MetricError `empty`. */
  dice(): number;
  /** |A∩B| / |A∪B| (Jaccard 1901); 1 where both masks are empty. @throws MetricError `empty`. */
  iou(): number;
  /** F1 of the pixels without tumour, taken as the class to find; 1 where all pixels of both masks are tumour. @throws MetricError `empty`. */
  f1Negative(): number;
}

const PIXELS: PairNames = {
  values: 'predicted pixels',
  value: 'predicted pixel',
  labels: 'true pixels',
};

/** {@link MaskOverlap} of no pixel yet. */
export function maskOverlap(): MaskOverlap {
  let counts: Confusion = { tp: 0, fp: 0, tn: 0, fn: 0 };
  const some = (): Confusion => {
    if (counts.tp + counts.fp + counts.tn + counts.fn > 0) return counts;
    throw new MetricError('empty', 'there is nothing to measure: no pixel was given');
  };
  return {
    update(predicted, truth) {
      checkPairs(predicted, truth, PIXELS);
      for (let i = 0; i < predicted.length; i++) {
        if (predicted[i] === 0 || predicted[i] === 1) continue;
        throw new MetricError(
          'label',
          `predicted pixel ${i} is ${describeValue(predicted[i])}; masks are 0 or 1`,
        );
      }
      counts = addConfusions(counts, countOutcomes(predicted, truth, 0.5));
    },
    merge(other) {
      counts = addConfusions(counts, other.counts());
    },
    counts: () => counts,
    dice: () => maskStatistics(some()).dice,
    iou: () => maskStatistics(some()).iou,
    f1Negative: () => maskStatistics(some()).f1Negative,
  };
}

/** Of masks pooled over pixels, as {@link MaskOverlap} defines them. */
export interface MaskStatistics {
  readonly dice: number;
  readonly iou: number;
  readonly f1Negative: number;
}

/** How far masks overlap whose pixels are counted; two empty masks agree: 1. @throws MetricError `kind`. */
export function maskStatistics(counts: Confusion): MaskStatistics {
  checkCounts('maskStatistics', counts);
  const { tp, fp, tn, fn } = counts;
  return {
    dice: tp + fp + fn === 0 ? 1 : f1(counts),
    iou: tp + fp + fn === 0 ? 1 : tp / (tp + fp + fn),
    f1Negative: tn + fp + fn === 0 ? 1 : (2 * tn) / (2 * tn + fp + fn),
  };
}

/** Mask overlap that remembers which image each pixel is of, so that a bootstrap can draw whole images. */
export interface ImageMaskOverlap {
  /** The masks of one image. @throws MetricError `length`, `label`. */
  update(predicted: Numbers, truth: Numbers): void;
  /** One image whose outcomes are counted already, or expected (they need not be whole). */
  add(counts: Confusion): void;
  /** Images so far. */
  readonly length: number;
  /** Dice of each image alone, in order. */
  each(): readonly number[];
  /**
   * Pooled over all pixels; image i counts `weights[i]` times where given, as a bootstrap asks.
   * @throws MetricError `empty`.
   */
  counts(weights?: Numbers): Confusion;
  /** Of these counts. @throws MetricError `empty`. */
  statistics(weights?: Numbers): MaskStatistics;
}

/** {@link ImageMaskOverlap} of no image yet. */
export function imageMaskOverlap(): ImageMaskOverlap {
  const images: Confusion[] = [];
  const pooled = (weights?: Numbers): Confusion => {
    let [tp, fp, tn, fn] = [0, 0, 0, 0];
    for (let i = 0; i < images.length; i++) {
      const weight = weights ? weights[i]! : 1;
      const counts = images[i]!;
      tp += weight * counts.tp;
      fp += weight * counts.fp;
      tn += weight * counts.tn;
      fn += weight * counts.fn;
    }
    if (tp + fp + tn + fn > 0) return { tp, fp, tn, fn };
    throw new MetricError('empty', 'there is nothing to measure: no pixel was given');
  };
  return {
    update(predicted, truth) {
      const overlap = maskOverlap();
      overlap.update(predicted, truth);
      images.push(overlap.counts());
    },
    add(counts) {
      checkCounts('imageMaskOverlap', counts);
      images.push(counts);
    },
    get length() {
      return images.length;
    },
    each: () => images.map((counts) => maskStatistics(counts).dice),
    counts: pooled,
    statistics: (weights) => maskStatistics(pooled(weights)),
  };
}

/** Dice coefficient of two masks. @throws MetricError as {@link MaskOverlap}. */
export function dice(predicted: Numbers, truth: Numbers): number {
  return overlapOf(predicted, truth).dice();
}

/** Intersection over union of two masks. @throws MetricError as {@link MaskOverlap}. */
export function iou(predicted: Numbers, truth: Numbers): number {
  return overlapOf(predicted, truth).iou();
}

function overlapOf(predicted: Numbers, truth: Numbers): MaskOverlap {
  const overlap = maskOverlap();
  overlap.update(predicted, truth);
  return overlap;
}
