import { describeValue } from '@pcam/options';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { MetricError } from './errors.js';
import { checkNumbers, checkOptions } from './validate.js';

/** The name or number of each element's group, `[n]`. */
export type Groups = ArrayLike<string | number>;

/** How {@link bootstrap} draws, and what interval it makes of the values drawn. */
export interface BootstrapOptions {
  /** How many resamples, at least 1; 1,000 by default. */
  readonly resamples?: number;
  /** A whole number, 0 by default; the same one draws the same resamples. */
  readonly seed?: number;
  /** Of the interval, between 0 and 1; 0.95 by default. */
  readonly level?: number;
  /**
   * The cluster of each element, e.g. its slide, `[n]`: whole clusters are drawn, since patches of one
   * slide are no independent witnesses.
   */
  readonly groups?: Groups;
  /**
   * The stratum of each element, e.g. its label, `[n]`: each resample holds as many elements (or clusters)
   * of a stratum as the data. With `groups`, no cluster may lie in two strata.
   */
  readonly strata?: Groups;
  /**
   * One a statistic, or null: where given, its basic interval (Davison & Hinkley 1997, section 5.2) in place of the
   * percentile one. For statistics that resampling itself inflates, such as a calibration error, whose percentiles
   * would be off by that bias twice and may leave the estimate out.
   */
  readonly basic?: readonly (BasicInterval | null)[];
}

/** What a basic interval needs besides the resamples: bias is judged by the estimate, and cut to the range. */
export interface BasicInterval {
  /** The statistic of all elements, each once. */
  readonly estimate: number;
  /** What values the statistic can have; what reaches out of it is cut off. */
  readonly range: Interval;
}

const BOOTSTRAP_OPTIONS = {
  resamples: true,
  seed: true,
  level: true,
  groups: true,
  strata: true,
  basic: true,
} as const;

/** Both ends of a bootstrap interval, in the unit of its statistic. */
export type Interval = readonly [low: number, high: number];

/**
 * Percentile bootstrap intervals (Efron & Tibshirani 1993, chapter 13) of several statistics at once, all on
 * the same resamples. They lie where values of the statistic lie, so that those of bounded ones never leave their
 * range.
 *
 * @param n elements. @param statistic from how often each element was drawn, `[n]`, to one value a
 *   statistic; null where it is undefined in this resample (say, AUROC of one class), which then does not
 *   count for it. The array is overwritten by the next resample.
 * @returns one interval a statistic; null where fewer than half of the resamples defined it, and all null where a
 *   single element (or cluster) leaves nothing to draw anew: its resamples are all alike, which is no certainty.
 * @throws MetricError `option`, `empty`, `length`.
 */
export function bootstrap(
  n: number,
  statistic: (weights: Float64Array) => readonly (number | null)[],
  options: BootstrapOptions = {},
): (Interval | null)[] {
  checkOptions<BootstrapOptions>('bootstrap', options, BOOTSTRAP_OPTIONS);
  const { resamples = 1000, seed = 0, level = 0.95, groups, strata, basic = [] } = options;
  if (!Number.isInteger(n) || n < 0)
    throw new MetricError('kind', `n is ${describeValue(n)}; the number of elements is needed`);
  if (n === 0) throw new MetricError('empty', 'there is nothing to resample');
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new MetricError('option', `resamples is ${resamples}; a positive whole number is needed`);
  }
  if (!Number.isInteger(seed)) throw new MetricError('option', `seed is ${seed}; a whole number is needed`);
  if (!(level > 0 && level < 1))
    throw new MetricError('option', `level is ${level}; a number between 0 and 1 is needed`);
  for (const [name, given] of Object.entries({ groups, strata })) {
    if (given && given.length !== n) {
      throw new MetricError(
        'length',
        `there are ${given.length} ${name} for ${n} elements; they must be as many`,
      );
    }
  }
  const { placeOf: clusterOf, count: clusters } = groups
    ? numbered(groups)
    : { placeOf: undefined, count: n };
  const pools = strata
    ? poolsOf(strata, clusterOf, clusters)
    : [Uint32Array.from({ length: clusters }, (_, i) => i)];
  const random = xoroshiro128plus(seed);
  const drawn = new Float64Array(clusters);
  const weights = clusterOf ? new Float64Array(n) : drawn;
  const values: number[][] = [];
  for (let r = 0; r < resamples; r++) {
    drawn.fill(0);
    for (const pool of pools) {
      for (let i = 0; i < pool.length; i++) drawn[pool[uniformInt(random, 0, pool.length - 1)]!]! += 1;
    }
    if (clusterOf) for (let i = 0; i < n; i++) weights[i] = drawn[clusterOf[i]!]!;
    const found = statistic(weights);
    checkNumbers('what statistic returns', found);
    for (let s = 0; s < found.length; s++) {
      const value = found[s]!;
      values[s] ??= [];
      if (value === null) continue;
      if (!Number.isFinite(value))
        throw new MetricError(
          'not-finite',
          `statistic ${s} is ${describeValue(value)} in resample ${r}; return null where it is undefined`,
        );
      values[s].push(value);
    }
  }
  const alike = pools.every((pool) => pool.length === 1);
  return values.map((sample, s) => {
    if (alike || sample.length * 2 < resamples) return null;
    const interval = percentiles(sample, level);
    const wanted = basic[s];
    return wanted ? reflected(interval, wanted) : interval;
  });
}

/**
 * An interval that percentiles reflect at the estimate, which takes bias off instead of doubling it. It covers no less
 * for being cut to the range, or widened to the estimate where the bias is larger than the spread.
 */
function reflected([low, high]: Interval, { estimate, range: [least, most] }: BasicInterval): Interval {
  return [
    Math.max(least, Math.min(estimate, 2 * estimate - high)),
    Math.min(most, Math.max(estimate, 2 * estimate - low)),
  ];
}

/** The clusters of each stratum. */
function poolsOf(strata: Groups, clusterOf: Uint32Array | undefined, clusters: number): Uint32Array[] {
  const { placeOf: stratumOf, count } = numbered(strata);
  const stratumOfCluster = new Int32Array(clusters).fill(-1);
  for (let i = 0; i < stratumOf.length; i++) {
    const cluster = clusterOf ? clusterOf[i]! : i;
    const before = stratumOfCluster[cluster]!;
    if (before >= 0 && before !== stratumOf[i]) {
      throw new MetricError(
        'option',
        `the group of element ${i} lies in two strata; resample by groups or by strata`,
      );
    }
    stratumOfCluster[cluster] = stratumOf[i]!;
  }
  const pools: number[][] = Array.from({ length: count }, () => []);
  for (const [cluster, stratum] of stratumOfCluster.entries()) pools[stratum]!.push(cluster);
  return pools.map((pool) => Uint32Array.from(pool));
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

/** Numbers the groups by first appearance. */
function numbered(groups: Groups): { placeOf: Uint32Array; count: number } {
  const numbers = new Map<string | number, number>();
  const placeOf = Uint32Array.from({ length: groups.length }, (_, i) => {
    const group = groups[i]!;
    const place = numbers.get(group) ?? numbers.size;
    numbers.set(group, place);
    return place;
  });
  return { placeOf, count: numbers.size };
}
