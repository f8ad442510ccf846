import type { Interval } from '@pcam/metrics';

/** An axis with room around its values. */
export function domainOf(values: readonly number[]): Interval {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(0.06 * (high - low), 0.005);
  return [low - room, high + room];
}

/**
 * Heights for labels that stand in one column: each as near to its wish as the others let it, none nearer to
 * another than `gap`, all within `[low, high]` where they fit.
 *
 * @returns in the order of `wishes`.
 */
export function spread(wishes: readonly number[], gap: number, [low, high]: Interval): number[] {
  const order = [...wishes.keys()].sort((a, b) => wishes[a]! - wishes[b]!);
  const heights = new Array<number>(wishes.length).fill(0);
  let least = low;
  for (const i of order) {
    heights[i] = Math.max(wishes[i]!, least);
    least = heights[i]! + gap;
  }
  let most = high;
  for (const i of order.toReversed()) {
    heights[i] = Math.min(heights[i]!, most);
    most = heights[i]! - gap;
  }
  return heights;
}
