import type { LevelCounts } from './map-histogram.js';

/**
 * The cut with the greatest variance between the two groups, ω₀ω₁(μ₁ − μ₀)² (Otsu 1979,
 * equation 14), with each level's exact mean; the highest of several that are equally good.
 */
export function otsu({ counts, sums, cut }: LevelCounts): number {
  if (counts.length < 2) {
    throw new Error(
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
