import { addConfusions, type Confusion, checkCounts, countOutcomes, f1 } from './confusion.js';
import { MetricError } from './errors.js';
import { checkPairs, type Numbers, type PairNames, show } from './validate.js';

/** Overlap of predicted and true masks, pooled over the pixels of all images given so far. */
export interface MaskOverlap {
  /**
   * @param predicted 0 or 1, the pixels of one image or many. @param truth 0 or 1, as many.
   * @throws MetricError `kind`, `length`, `label`, `not-finite`.
   */
  update(predicted: Numbers, truth: Numbers): void;
  merge(other: MaskOverlap): void;
  counts(): Confusion;
  /** 2|A∩B| / (|A| + |B|) (Dice 1945); 1 where both masks are empty. @throws MetricError `empty`. */
  dice(): number;
  /** |A∩B| / |A∪B| (Jaccard 1901); 1 where both masks are empty. @throws MetricError `empty`. */
  iou(): number;
  /** F1 of the pixels without tumour, taken as the class to find; 1 where all pixels of both masks are tumour. */
  f1Negative(): number;
}

const PIXELS: PairNames = {
  values: 'predicted pixels',
  value: 'predicted pixel',
  labels: 'true pixels',
};

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
        throw new MetricError('label', `predicted pixel ${i} is ${show(predicted[i])}; masks are 0 or 1`);
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
