import { type BootstrapOptions, bootstrap, type Interval, orNull } from '@pcam/metrics';
import type { Measured } from './baselines.js';

export const MEASURES = ['pixelAp', 'pixelAuroc', 'dice', 'iou', 'f1Negative'] as const;
export type Measure = (typeof MEASURES)[number];

interface Estimate {
  readonly value: number | null;
  readonly ci95: Interval | null;
}

/** A way to segment, or the difference of two, and what it reaches. */
export type Estimates = Readonly<Partial<Record<Measure, Estimate>>>;

/** What to estimate of each by name; `minus` makes it the difference of two. */
export interface Subject {
  readonly of: Measured;
  readonly minus?: Measured;
  readonly measures?: readonly Measure[];
}

/**
 * Everything measured over all pixels pooled, with 95 % intervals by one bootstrap over patches or their
 * slides: all subjects see the same resamples, so differences are paired.
 *
 * @param n patches. @param options `false` for no intervals.
 */
export function estimate<Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  n: number,
  options: BootstrapOptions | false,
): Record<Name, Estimates> {
  const entries = Object.entries<Subject>(subjects);
  const items = entries.flatMap(([name, { of, minus, measures = MEASURES }]) =>
    measures.map((measure) => ({ name, measure, of, minus })),
  );
  const statistic = statisticOf([...new Set(items.flatMap(({ of, minus }) => (minus ? [of, minus] : [of])))]);
  const values = (weights?: Float64Array) => {
    const found = statistic(weights);
    return items.map(({ measure, of, minus }) => {
      const [value, less] = [found.get(of)![measure], minus ? found.get(minus)![measure] : 0];
      return value === null || less === null ? null : value - less;
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

type Values = Readonly<Record<Measure, number | null>>;

function statisticOf(measured: readonly Measured[]): (weights?: Float64Array) => Map<Measured, Values> {
  // Two subjects may share their scores; each is resampled once.
  const resamplers = new Map(measured.map(({ scores }) => [scores, undefined as Resampler | undefined]));
  return (weights) => {
    const ranked = new Map(
      [...resamplers.keys()].map((scores) => {
        if (!weights) {
          const { pooled } = scores;
          const averagePrecision = orNull(() => pooled.averagePrecision());
          return [scores, { averagePrecision, auroc: orNull(() => pooled.auroc()) }] as const;
        }
        const resampler = resamplers.get(scores) ?? scores.resampler();
        resamplers.set(scores, resampler);
        return [scores, resampler(weights)] as const;
      }),
    );
    return new Map(
      measured.map((subject) => {
        const { averagePrecision, auroc } = ranked.get(subject.scores)!;
        const masks = subject.overlap.statistics(weights);
        return [subject, { pixelAp: averagePrecision, pixelAuroc: auroc, ...masks }];
      }),
    );
  };
}

type Resampler = ReturnType<Measured['scores']['resampler']>;

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
