import { areaOfPrecision, areaUnderRoc, cumulateOnce } from './ranking.js';
import type { Numbers } from './validate.js';

/**
 * Which share of an image is tumour where ranking its own pixels says something of place, ends included. Beyond, a
 * border of a pixel or two, which no expert draws that finely, decides the ranking.
 */
export const PARTLY_TUMOROUS: readonly [least: number, most: number] = [0.05, 0.95];

/** Whether the share of tumour in a mask lies within {@link PARTLY_TUMOROUS}. @param truth 0 or 1, of one image. */
export function isPartlyTumorous(truth: Numbers): boolean {
  let tumour = 0;
  for (let i = 0; i < truth.length; i++) tumour += truth[i]!;
  const share = tumour / truth.length;
  return share >= PARTLY_TUMOROUS[0] && share <= PARTLY_TUMOROUS[1];
}

/** How well map values rank the pixels of one image among themselves, from 0 to 1, not rounded. */
export interface WithinImage {
  /** A map that is one constant reaches the image's share of tumour. */
  readonly averagePrecision: number;
  /** A map that is one constant reaches ½. */
  readonly auroc: number;
}

/**
 * Of one image's map; null where the image is not partly tumorous.
 *
 * @param scores raw map values, higher speaks for tumour. @param truth 0 or 1, as many.
 * @throws MetricError `length`, `label`, `not-finite`, where the image is partly tumorous.
 */
export function withinImage(scores: Numbers, truth: Numbers): WithinImage | null {
  if (!isPartlyTumorous(truth)) return null;
  const counts = cumulateOnce(scores, truth);
  return { averagePrecision: areaOfPrecision(counts), auroc: areaUnderRoc(counts) };
}

/** The mean of each over the images that have it; image i counts `weights[i]` times. Null where none counts. */
export interface WithinMeans {
  readonly averagePrecision: number | null;
  readonly auroc: number | null;
}

export function withinMeans(images: readonly (WithinImage | null)[], weights?: Numbers): WithinMeans {
  let [total, averagePrecision, auroc] = [0, 0, 0];
  for (const [i, image] of images.entries()) {
    if (image === null) continue;
    const weight = weights ? weights[i]! : 1;
    total += weight;
    averagePrecision += weight * image.averagePrecision;
    auroc += weight * image.auroc;
  }
  if (total === 0) return { averagePrecision: null, auroc: null };
  return { averagePrecision: averagePrecision / total, auroc: auroc / total };
}
