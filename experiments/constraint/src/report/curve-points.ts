import type { Interval } from '@pcam/metrics';
import type { CellResult } from '../synthetic.js';
import { rowsOf, sameSeed } from './rows.js';
import { summarize } from './statistics.js';

/** What a network gains over the unconstrained one of its seed: a place in the plane of both goals. */
interface Gain {
  readonly auroc: number;
  /** Of plain Grad-CAM's pooled average precision. */
  readonly pixelAp: number;
}

export interface CurvePoint extends Gain {
  readonly training: string;
  readonly lambda: number;
}

export interface CurvePoints {
  /** One a training and λ, in their order; the unconstrained network, where there is one, at zero. */
  readonly means: readonly CurvePoint[];
  /** One a constrained network. */
  readonly seeds: readonly CurvePoint[];
  /** What U-Nets gain in the mean; null where there is none, or nothing to compare with. */
  readonly ceiling: number | null;
}

/** Networks whose unconstrained counterpart is not there yet are left out. */
export function curvePoints(results: readonly CellResult[]): CurvePoints {
  const plain = sameSeed(results, 'none');
  const gainOf = ({ seed, maps }: CellResult, map: 'gradCam' | 'unet'): number | null => {
    const [base, here] = [plain(seed)?.maps.gradCam?.pixelAp.value, maps[map]?.pixelAp.value];
    return base == null || here == null ? null : here - base;
  };
  const constrained = results.filter(({ training }) => training !== 'masks' && training !== 'none');
  const rows = rowsOf(constrained).map(({ training, lambda, cells }) => {
    const seeds = cells.flatMap((cell): CurvePoint[] => {
      const [base, pixelAp] = [plain(cell.seed)?.auroc, gainOf(cell, 'gradCam')];
      return cell.auroc && base && pixelAp !== null
        ? [{ training, lambda, auroc: cell.auroc.value - base.value, pixelAp }]
        : [];
    });
    return { training, lambda, seeds };
  });
  const start = results.some(({ training }) => training === 'none')
    ? [{ training: 'none', lambda: 0, auroc: 0, pixelAp: 0 }]
    : [];
  const means = rows.flatMap(({ training, lambda, seeds }): CurvePoint[] => {
    const auroc = summarize(seeds.map((seed) => seed.auroc));
    const pixelAp = summarize(seeds.map((seed) => seed.pixelAp));
    return auroc && pixelAp ? [{ training, lambda, auroc: auroc.mean, pixelAp: pixelAp.mean }] : [];
  });
  const unets = results.filter(({ training }) => training === 'masks');
  const ceiling = summarize(unets.map((unet) => gainOf(unet, 'unet')));
  return {
    means: [...start, ...means],
    seeds: rows.flatMap(({ seeds }) => seeds),
    ceiling: ceiling?.mean ?? null,
  };
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
