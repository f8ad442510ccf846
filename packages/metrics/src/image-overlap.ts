import { type Confusion, checkCounts } from './confusion.js';
import { MetricError } from './errors.js';
import { maskOverlap, scoresOf } from './masks.js';
import type { Numbers } from './validate.js';

/** Of masks pooled over pixels, as `MaskOverlap` defines them. */
export interface MaskStatistics {
  readonly dice: number;
  readonly iou: number;
  readonly f1Negative: number;
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
  statistics(weights?: Numbers): MaskStatistics;
}

export function imageMaskOverlap(): ImageMaskOverlap {
  const images: Confusion[] = [];
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
    each: () => images.map((counts) => scoresOf(counts).dice),
    statistics(weights) {
      let [tp, fp, tn, fn] = [0, 0, 0, 0];
      for (let i = 0; i < images.length; i++) {
        const weight = weights ? weights[i]! : 1;
        const counts = images[i]!;
        tp += weight * counts.tp;
        fp += weight * counts.fp;
        tn += weight * counts.tn;
        fn += weight * counts.fn;
      }
      if (tp + fp + tn + fn > 0) return scoresOf({ tp, fp, tn, fn });
      throw new MetricError('empty', 'there is nothing to measure: no pixel was given');
    },
  };
}
