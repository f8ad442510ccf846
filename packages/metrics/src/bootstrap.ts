import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { MetricError } from './errors.js';

export interface BootstrapOptions {
  /** Resamples; 1,000 by default. */
  readonly resamples?: number;
  /** 0 by default. */
  readonly seed?: number;
  /** Of the interval; 0.95 by default. */
  readonly level?: number;
  /**
   * The cluster of each element, e.g. its slide, `[n]`: whole clusters are drawn, since patches of one
   * slide are no independent witnesses.
   */
  readonly groups?: ArrayLike<string | number>;
}

export type Interval = readonly [low: number, high: number];

/**
 * Percentile bootstrap intervals (Efron & Tibshirani 1993, chapter 13) of several statistics at once, all on
 * the same resamples.
 *
 * @param n elements. @param statistic from how often each element was drawn, `[n]`, to one value a
 *   statistic; null where it is undefined in this resample, which then does not count for it.
 * @returns one interval a statistic; null where fewer than half of the resamples defined it.
 * @throws MetricError `option`, `empty`, `length`.
 */
export function bootstrap(
  n: number,
  statistic: (weights: Float64Array) => readonly (number | null)[],
  options: BootstrapOptions = {},
): (Interval | null)[] {
  const { resamples = 1000, seed = 0, level = 0.95, groups } = options;
  if (n === 0) throw new MetricError('empty', 'there is nothing to resample');
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new MetricError('option', `resamples is ${resamples}; a positive whole number is needed`);
  }
  if (!(level > 0 && level < 1))
    throw new MetricError('option', `level is ${level}; a number between 0 and 1 is needed`);
  if (groups && groups.length !== n) {
    throw new MetricError(
      'length',
      `there are ${groups.length} groups for ${n} elements; they must be as many`,
    );
  }
  const { clusterOf, clusters } = groups ? number(groups) : { clusterOf: undefined, clusters: n };
  const random = xoroshiro128plus(seed);
  const drawn = new Float64Array(clusters);
  const weights = clusterOf ? new Float64Array(n) : drawn;
  const values: number[][] = [];
  for (let r = 0; r < resamples; r++) {
    drawn.fill(0);
    for (let i = 0; i < clusters; i++) drawn[uniformInt(random, 0, clusters - 1)]! += 1;
    if (clusterOf) for (let i = 0; i < n; i++) weights[i] = drawn[clusterOf[i]!]!;
    for (const [s, value] of statistic(weights).entries()) {
      values[s] ??= [];
      if (value !== null) values[s].push(value);
    }
  }
  return values.map((sample) => (sample.length * 2 < resamples ? null : percentiles(sample, level)));
}

function percentiles(sample: readonly number[], level: number): Interval {
  const sorted = Float64Array.from(sample).sort();
  return [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)];
}

/** Linear between order statistics, as NumPy's default. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

function number(groups: ArrayLike<string | number>): { clusterOf: Uint32Array; clusters: number } {
  const numbers = new Map<string | number, number>();
  const clusterOf = Uint32Array.from({ length: groups.length }, (_, i) => {
    const group = groups[i]!;
    let place = numbers.get(group);
    if (place === undefined) {
      place = numbers.size;
      numbers.set(group, place);
    }
    return place;
  });
  return { clusterOf, clusters: numbers.size };
}
