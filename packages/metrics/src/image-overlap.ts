import { type Confusion, checkCounts } from './confusion.js';
import { MetricError } from './errors.js';
import { type MaskStatistics, maskOverlap, maskStatistics } from './masks.js';
import type { Numbers } from './validate.js';

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
