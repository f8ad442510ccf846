import type { Interval } from './bootstrap.js';
import {
  type BinOptions,
  binEdges,
  binner,
  calibrationError,
  crossEntropies,
  squaredErrors,
  weightedMean,
} from './calibration.js';
import {
  accuracy,
  balancedAccuracy,
  type Confusion,
  f1,
  precision,
  sensitivity,
  specificity,
} from './confusion.js';
import { orNull } from './errors.js';
import { areaOfPrecision, areaUnderRoc, type Cumulative } from './ranking.js';
import type { Numbers } from './validate.js';

/** The statistics of a binary classifier, by name; those that one class alone leaves undefined are null. */
export interface BinaryStatistics {
  readonly auroc: number | null;
  readonly averagePrecision: number | null;
  readonly accuracy: number;
  readonly balancedAccuracy: number | null;
  readonly sensitivity: number | null;
  readonly specificity: number | null;
  readonly precision: number;
  readonly f1: number;
  readonly brier: number;
  readonly ece: number;
  readonly logLoss: number;
}

/** A statistic that `evaluateBinary` gives, by its key there. */
export type StatisticName = keyof BinaryStatistics;

/** What people should know of a statistic. */
export interface StatisticTraits {
  /** In a sentence: `average precision`. */
  readonly title: string;
  /** One sentence for those who do not know it. */
  readonly means: string;
  readonly higherIsBetter: boolean;
  /** Whether it is of decisions at the threshold, and not of the scores themselves. */
  readonly atThreshold: boolean;
  /** Whether it is among the few that a summary shows. */
  readonly headline: boolean;
}

/** Checked predictions of the whole data set, `[n]` each. */
interface Predicted {
  readonly labels: Numbers;
  /** (logit / temperature + bias), and its sigmoid. */
  readonly logits: Numbers;
  readonly probabilities: Numbers;
  readonly options: BinOptions;
}

/** Which of them count, and how often: all once, or a resample of a bootstrap. */
interface Drawn {
  readonly weights: Numbers | undefined;
  /** By score, as given. */
  readonly counts: Cumulative;
  /** At the threshold. */
  readonly confusion: Confusion;
}

interface Statistic<Value> extends StatisticTraits {
  /**
   * What values it can have, where resampling itself inflates it: it then gets a basic interval (see
   * `BootstrapOptions.basic`) in place of the percentile one.
   */
  readonly inflatedWithin?: Interval;
  /** Does once what does not depend on what is drawn, so that each resample is O(n). */
  of(predicted: Predicted): (drawn: Drawn) => Value;
}

type Table = { readonly [Name in StatisticName]: Statistic<BinaryStatistics[Name]> };

/** Every statistic, in the order of `metrics.json`; evaluation, intervals, comparison, reports and summaries follow it. */
export const STATISTICS: Table = {
  auroc: {
    title: 'AUROC',
    means: 'How well scores rank tumour above no tumour; 0.5 is chance, 1 perfect.',
    higherIsBetter: true,
    atThreshold: false,
    headline: true,
    of: () => (drawn) => orNull(() => areaUnderRoc(drawn.counts)),
  },
  averagePrecision: {
    title: 'average precision',
    means: 'Area under the precision–recall curve.',
    higherIsBetter: true,
    atThreshold: false,
    headline: true,
    of: () => (drawn) => orNull(() => areaOfPrecision(drawn.counts)),
  },
  accuracy: {
    title: 'accuracy',
    means: 'Share of all patches called rightly.',
    higherIsBetter: true,
    atThreshold: true,
    headline: true,
    of: () => (drawn) => accuracy(drawn.confusion),
  },
  balancedAccuracy: {
    title: 'balanced accuracy',
    means: 'Mean of sensitivity and specificity.',
    higherIsBetter: true,
    atThreshold: true,
    headline: false,
    of: () => (drawn) => orNull(() => balancedAccuracy(drawn.confusion)),
  },
  sensitivity: {
    title: 'sensitivity',
    means: 'Share of tumour patches that are found.',
    higherIsBetter: true,
    atThreshold: true,
    headline: true,
    of: () => (drawn) => orNull(() => sensitivity(drawn.confusion)),
  },
  specificity: {
    title: 'specificity',
    means: 'Share of tumour-free patches left alone.',
    higherIsBetter: true,
    atThreshold: true,
    headline: true,
    of: () => (drawn) => orNull(() => specificity(drawn.confusion)),
  },
  precision: {
    title: 'precision',
    means: 'Share of patches called tumour that are.',
    higherIsBetter: true,
    atThreshold: true,
    headline: false,
    of: () => (drawn) => precision(drawn.confusion),
  },
  f1: {
    title: 'F1',
    means: 'Harmonic mean of precision and sensitivity.',
    higherIsBetter: true,
    atThreshold: true,
    headline: false,
    of: () => (drawn) => f1(drawn.confusion),
  },
  brier: {
    title: 'Brier score',
    means: 'Mean squared difference of probability and label; 0 is best.',
    higherIsBetter: false,
    atThreshold: false,
    headline: false,
    of: ({ probabilities, labels }) => {
      const squares = squaredErrors(probabilities, labels);
      return ({ weights }) => weightedMean(squares, weights);
    },
  },
  ece: {
    title: 'calibration error',
    means: 'How far stated probabilities are from observed shares; 0 is best.',
    higherIsBetter: false,
    atThreshold: false,
    headline: true,
    // Drawing patches twice makes bins look worse calibrated than they are.
    inflatedWithin: [0, 1],
    of: ({ probabilities, labels, options }) => {
      const bin = binner(probabilities, labels, binEdges(probabilities, options));
      return ({ weights }) => calibrationError(bin(weights));
    },
  },
  logLoss: {
    title: 'log loss',
    means: 'Mean cross-entropy of the labels in nats; 0 is best.',
    higherIsBetter: false,
    atThreshold: false,
    headline: false,
    of: ({ logits, labels }) => {
      const losses = crossEntropies(logits, labels);
      return ({ weights }) => weightedMean(losses, weights);
    },
  },
};

export const statisticNames = Object.keys(STATISTICS) as readonly StatisticName[];

/** One value a statistic. */
export function byStatistic<Value>(value: (name: StatisticName) => Value): Record<StatisticName, Value> {
  return Object.fromEntries(statisticNames.map((name) => [name, value(name)])) as Record<
    StatisticName,
    Value
  >;
}

/** What people should know of each statistic that `evaluateBinary` gives, in its order. */
export const binaryStatistics: { readonly [Name in StatisticName]: StatisticTraits } = byStatistic(
  (name): StatisticTraits => STATISTICS[name],
);
