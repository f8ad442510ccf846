import type { LevelCounts } from './map-histogram.js';

/** The cut with the highest F1 = 2TP / (2TP + FP + FN) of pooled pixels; the highest of several that are equally good. */
export function bestF1({ counts, tumour, cut }: LevelCounts): number {
  const positives = tumour.reduce((sum, count) => sum + count, 0);
  if (positives === 0) throw new Error("The masks hold no tumour pixel: 'best-f1' has nothing to find.");
  let [truePositives, called, best, bestScore] = [0, 0, counts.length, 0];
  for (let first = counts.length - 1; first >= 0; first--) {
    truePositives += tumour[first]!;
    called += counts[first]!;
    const score = (2 * truePositives) / (called + positives);
    if (score > bestScore) [best, bestScore] = [first, score];
  }
  return cut(best);
}
