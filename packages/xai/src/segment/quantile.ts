import type { LevelCounts } from './map-histogram.js';

/** The lowest cut with at least the share `share` of the pixels below it. */
export function quantile({ counts, cut }: LevelCounts, share: number): number {
  if (!(share > 0 && share < 1)) throw new Error(`quantile is ${share}; expected a number between 0 and 1.`);
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let [below, first] = [0, 0];
  while (below < wanted) below += counts[first++]!;
  return cut(first);
}
