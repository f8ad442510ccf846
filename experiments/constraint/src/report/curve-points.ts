import type { Interval } from '@pcam/metrics';
import type { CellResult } from '../synthetic.js';
import { rowsOf } from './rows.js';
import { summarize } from './statistics.js';

/** A place in the plane of both goals. */
interface Place {
  readonly auroc: number;
  /** Pooled average precision of the averaged Grad-CAM. */
  readonly pixelAp: number;
}

export interface CurvePoint extends Place {
  readonly training: string;
  readonly lambda: number;
}

export interface CurvePoints {
  /** One a training and λ, in their order. */
  readonly means: readonly CurvePoint[];
  /** One a network. */
  readonly seeds: readonly CurvePoint[];
  /** The mean U-Net's; null where there is none. */
  readonly ceiling: number | null;
}

export function curvePoints(results: readonly CellResult[]): CurvePoints {
  const rows = rowsOf(results.filter(({ training }) => training !== 'masks')).map((row) => {
    const { training, lambda } = row;
    const seeds = row.cells.flatMap(({ auroc, maps }): CurvePoint[] => {
      const pixelAp = maps.gradCamAveraged?.pixelAp.value;
      return auroc && pixelAp != null ? [{ training, lambda, auroc: auroc.value, pixelAp }] : [];
    });
    return { training, lambda, seeds };
  });
  const means = rows.flatMap(({ training, lambda, seeds }): CurvePoint[] => {
    const auroc = summarize(seeds.map((seed) => seed.auroc));
    const pixelAp = summarize(seeds.map((seed) => seed.pixelAp));
    return auroc && pixelAp ? [{ training, lambda, auroc: auroc.mean, pixelAp: pixelAp.mean }] : [];
  });
  const unets = results.filter(({ training }) => training === 'masks');
  const ceiling = summarize(unets.map(({ maps }) => maps.unet?.pixelAp.value));
  return { means, seeds: rows.flatMap(({ seeds }) => seeds), ceiling: ceiling?.mean ?? null };
}

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
