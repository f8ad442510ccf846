import {
  type BootstrapOptions,
  bootstrap,
  type ImagePixelScores,
  type Interval,
  type PixelStatistics,
} from '@pcam/metrics';
import {
  type MeasuredPixels,
  mapMeasures,
  maskMeasures,
  measuresOf,
  type PixelMeasure,
} from './pixel-measures.js';

/** A value with its 95 % interval; null where it is undefined, or no interval was asked for. */
export interface Estimate {
  readonly value: number | null;
  readonly ci95: Interval | null;
}

/** A way to segment, or the difference of two, and what it reaches. */
export type Estimates = Readonly<Partial<Record<PixelMeasure, Estimate>>>;

/** What to estimate; `minus` makes it the difference of two. */
export interface Subject {
  readonly of: MeasuredPixels;
  readonly minus?: MeasuredPixels;
  /** All that can be measured of it by default. */
  readonly measures?: readonly PixelMeasure[];
}

/**
 * Everything that is measured, with 95 % intervals by one bootstrap over patches or `groups` of them, such as slides:
 * all subjects see the same resamples, so differences are paired.
 *
 * @param n patches. @param options `false` for no intervals.
 */
export function estimate<Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  n: number,
  options: BootstrapOptions | false,
): Record<Name, Estimates> {
  const entries = Object.entries<Subject>(subjects);
  const items = entries.flatMap(([name, { of, minus, measures = measuresOf(of) }]) =>
    measures.map((measure) => ({ name, measure, of, minus })),
  );
  const statistic = statisticOf([...new Set(items.flatMap(({ of, minus }) => (minus ? [of, minus] : [of])))]);
  const values = (weights?: Float64Array) => {
    const found = statistic(weights);
    return items.map(({ measure, of, minus }) => {
      const [value, less] = [found.get(of)![measure], minus ? found.get(minus)![measure] : 0];
      return value == null || less == null ? null : value - less;
    });
  };
  const all = values();
  const intervals = options === false ? undefined : bootstrap(n, values, options);
  return Object.fromEntries(
    entries.map(([name]) => [
      name,
      Object.fromEntries(
        items.flatMap((item, i) =>
          item.name === name ? [[item.measure, { value: all[i]!, ci95: intervals?.[i] ?? null }]] : [],
        ),
      ),
    ]),
  ) as Record<Name, Estimates>;
}

type Values = Readonly<Partial<Record<PixelMeasure, number | null>>>;

function statisticOf(
  measured: readonly MeasuredPixels[],
): (weights?: Float64Array) => Map<MeasuredPixels, Values> {
  const resamplers = new Map<ImagePixelScores, ReturnType<ImagePixelScores['resampler']>>();
  const rank = (scores: ImagePixelScores, weights: Float64Array | undefined): PixelStatistics => {
    if (!weights) return scores.statistics();
    const resampler = resamplers.get(scores) ?? scores.resampler();
    resamplers.set(scores, resampler);
    return resampler(weights);
  };
  return (weights) => {
    // Two subjects may share their scores; each is resampled once.
    const ranked = new Map<ImagePixelScores, Values>();
    return new Map(
      measured.map((subject) => {
        const { scores, overlap } = subject;
        if (scores && !ranked.has(scores)) ranked.set(scores, mapMeasures(rank(scores, weights)));
        const ofMap = scores && ranked.get(scores);
        return [subject, { ...ofMap, ...(overlap && maskMeasures(overlap.counts(weights))) }];
      }),
    );
  };
}

/** Flat keys for `metrics.json`: `dice`, `diceCi95`, with a prefix `allOnesDice`, with a suffix `diceMaskSelected`. */
export function flatKeys(
  estimates: Estimates,
  { prefix = '', suffix = '' }: { readonly prefix?: string; readonly suffix?: string } = {},
): Record<string, number | Interval | null> {
  return Object.fromEntries(
    Object.entries(estimates).flatMap(([measure, { value, ci95 }]) => {
      const name = prefix === '' ? measure : `${prefix}${measure[0]!.toUpperCase()}${measure.slice(1)}`;
      return [
        [`${name}${suffix}`, value],
        [`${name}${suffix}Ci95`, ci95],
      ];
    }),
  );
}
