import { XaiError } from '../errors.js';
import type { LevelCounts } from './map-histogram.js';

/**
 * The cut with the greatest variance between the two groups, ω₀ω₁(μ₁ − μ₀)² (Otsu 1979,
 * equation 14), with each level's exact mean; the highest of several that are equally good.
 */
export function otsu({ counts, sums, cut }: LevelCounts): number {
  if (counts.length < 2) {
    throw new XaiError(
      'data',
      'All map pixels are alike: no threshold parts them. Where the logits are alike too, the model has died; else explain another layer, or give a number.',
    );
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mass = sums.reduce((sum, value) => sum + value, 0);
  let [below, massBelow, best, bestVariance] = [0, 0, 0, -1];
  for (let first = 1; first < counts.length; first++) {
    below += counts[first - 1]!;
    massBelow += sums[first - 1]!;
    const above = total - below;
    const variance = below * above * ((mass - massBelow) / above - massBelow / below) ** 2;
    if (variance >= bestVariance) [best, bestVariance] = [first, variance];
  }
  return cut(best);
}

/** The lowest cut with at least the share `share` of the pixels below it. */
export function quantile({ counts, cut }: LevelCounts, share: number): number {
  if (!(share > 0 && share < 1))
    throw new XaiError('option', `quantile is ${share}; expected a number between 0 and 1.`);
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let [below, first] = [0, 0];
  while (below < wanted) below += counts[first++]!;
  return cut(first);
}

/** The cut with the highest F1 = 2TP / (2TP + FP + FN) of pooled pixels; the highest of several that are equally good. */
export function bestF1({ counts, tumour, cut }: LevelCounts): number {
  const positives = tumour.reduce((sum, count) => sum + count, 0);
  if (positives === 0)
    throw new XaiError('data', "The masks hold no tumour pixel: 'bestF1' has nothing to find.");
  let [truePositives, called, best, bestScore] = [0, 0, counts.length, 0];
  for (let first = counts.length - 1; first >= 0; first--) {
    truePositives += tumour[first]!;
    called += counts[first]!;
    const score = (2 * truePositives) / (called + positives);
    if (score > bestScore) [best, bestScore] = [first, score];
  }
  return cut(best);
}
