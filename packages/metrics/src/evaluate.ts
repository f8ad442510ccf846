import { type BootstrapOptions, bootstrap, type Groups, type Interval } from './bootstrap.js';
import type { Confusion } from './confusion.js';
import { MetricError } from './errors.js';
import { BINARY_OPTIONS, type BinaryOptions, measurer } from './measure.js';
import {
  type BinaryStatistics,
  byStatistic,
  STATISTICS,
  type StatisticName,
  statisticNames,
} from './statistics.js';
import { checkOptions, type Numbers } from './validate.js';

/** How the intervals of an evaluation are drawn, as of `bootstrap`; their level is 95 %. */
export interface ResampleOptions extends Pick<BootstrapOptions, 'resamples' | 'seed' | 'groups'> {
  /** Keep the number of positives and negatives in every resample; not together with `groups`. */
  readonly stratified?: boolean;
}

/** What is known of the patches, whatever model scored them, and how intervals are drawn from it. */
export interface LabelledOptions {
  /** `[n]`, 0 or 1. */
  readonly labels: Numbers;
  /** The slide of each patch, `[n]`; resamples then draw whole slides. The same as `bootstrap.groups`. */
  readonly groups?: Groups;
  /** `false` for no intervals. */
  readonly bootstrap?: ResampleOptions | false;
}

/** Scores `[n]`: either logits, where positive speaks for the positive class, or probabilities. */
export type EvaluateBinaryOptions = LabelledOptions &
  Omit<BinaryOptions, 'input'> &
  (
    | { readonly logits: Numbers; readonly probabilities?: undefined }
    | { readonly probabilities: Numbers; readonly logits?: undefined }
  );

const SHARED = { labels: true, groups: true, bootstrap: true } as const;
const { input: _, ...MEASURED } = BINARY_OPTIONS;
const EVALUATE_OPTIONS = { ...SHARED, ...MEASURED, logits: true, probabilities: true } as const;

type Values = Readonly<Record<StatisticName, number | null>>;

type Intervals = { readonly [Name in StatisticName as `${Name}Ci95`]: Interval | null };

/** Flat but for the counts, ready for JSON. What one class alone leaves undefined is null. */
export interface BinaryEvaluation extends BinaryStatistics, Intervals {
  readonly n: number;
  readonly positives: number;
  readonly threshold: number;
  readonly temperature: number;
  readonly bias: number;
  /** At `threshold`. */
  readonly confusion: Confusion;
}

/**
 * Every number an evaluation of a binary classifier needs, with 95 % bootstrap intervals: percentile ones, and
 * the basic one of the ECE, cut to [0, 1].
 * @throws MetricError for bad or empty input or options; one class alone is no error here.
 */
export function evaluateBinary(options: EvaluateBinaryOptions): BinaryEvaluation {
  checkOptions<EvaluateBinaryOptions>('evaluateBinary', options, EVALUATE_OPTIONS, {
    scores: 'give them as logits or as probabilities',
    input: 'give the scores as logits or as probabilities',
    resamples: 'give bootstrap: { resamples }',
    seed: 'give bootstrap: { seed }',
  });
  const { labels, threshold = 0.5, temperature = 1, bias = 0 } = options;
  if (options.logits && options.probabilities)
    throw new MetricError('option', 'there are both logits and probabilities; give one of them');
  const input = options.logits ? 'logits' : 'probabilities';
  const scores = options.logits ?? options.probabilities;
  if (!scores)
    throw new MetricError('option', 'there are neither logits nor probabilities; give one of them');
  const measure = measurer(scores, labels, { ...options, input });
  const { statistics, confusion } = measure();
  return {
    n: labels.length,
    positives: confusion.tp + confusion.fn,
    threshold,
    temperature,
    bias,
    ...statistics,
    ...intervalsOf(labels, (weights) => measure(weights).statistics, options, statistics),
    confusion,
  };
}

/** 95 % intervals of all statistics, named for the evaluation; all null without a bootstrap. */
function intervalsOf(
  labels: Numbers,
  statistics: (weights: Numbers) => Values,
  { groups, bootstrap: how = {} }: Pick<LabelledOptions, 'groups' | 'bootstrap'>,
  estimates?: Values,
): Intervals {
  checkOptions<ResampleOptions>('bootstrap', how || undefined, {
    resamples: true,
    seed: true,
    groups: true,
    stratified: true,
  });
  const { stratified = false, ...options } = how || {};
  const intervals: (Interval | null)[] = how
    ? bootstrap(
        labels.length,
        (weights) => {
          const values = statistics(weights);
          return statisticNames.map((name) => values[name]);
        },
        {
          ...options,
          groups: how.groups ?? groups,
          level: 0.95,
          strata: stratified ? labels : undefined,
          basic: statisticNames.map((name) => {
            const [estimate, range] = [estimates?.[name] ?? null, STATISTICS[name].inflatedWithin];
            return estimate !== null && range ? { estimate, range } : null;
          }),
        },
      )
    : statisticNames.map(() => null);
  return Object.fromEntries(
    statisticNames.map((name, i) => [`${name}Ci95`, intervals[i]]),
  ) as unknown as Intervals;
}

/** Two models' scores of the same labelled patches. */
export interface CompareOptions extends LabelledOptions {
  /** The first model, with the threshold and temperature of its own. */
  readonly a: ModelScores;
  /** The second one, likewise. */
  readonly b: ModelScores;
}

/** A model's scores `[n]`, and what they are: logits by default, see `input`. */
export type ModelScores = BinaryOptions & { readonly scores: Numbers };

/** a − b, by statistic. */
export interface BinaryComparison {
  readonly n: number;
  /** Null where it is undefined for labels of one class. */
  readonly difference: { readonly [Name in StatisticName]: number | null };
  /** Where the interval leaves out 0, the models differ at the 5 % level. */
  readonly differenceCi95: { readonly [Name in StatisticName]: Interval | null };
}

/**
 * Paired bootstrap: both models are measured on the same resamples, so that what makes patches hard for both
 * does not widen the interval of their difference.
 * @throws MetricError for bad or empty input or options.
 */
export function compareBinary(options: CompareOptions): BinaryComparison {
  checkOptions<CompareOptions>('compareBinary', options, { ...SHARED, a: true, b: true });
  const { a, b, labels, ...how } = options;
  for (const [name, scores] of Object.entries({ a, b }))
    checkOptions<ModelScores>(`compareBinary: ${name}`, scores, { ...BINARY_OPTIONS, scores: true });
  const measureA = measurer(a.scores, labels, a);
  const measureB = measurer(b.scores, labels, b);
  const difference = (weights?: Numbers) => {
    const [ofA, ofB] = [measureA(weights).statistics, measureB(weights).statistics];
    return byStatistic((name) => (ofA[name] === null || ofB[name] === null ? null : ofA[name] - ofB[name]));
  };
  const intervals = intervalsOf(labels, difference, how);
  return {
    n: labels.length,
    difference: difference(),
    differenceCi95: byStatistic((name) => intervals[`${name}Ci95`]),
  };
}
