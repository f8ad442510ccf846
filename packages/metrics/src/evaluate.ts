import { type BootstrapOptions, bootstrap, type Interval } from './bootstrap.js';
import {
  type BinOptions,
  binEdges,
  binned,
  brier,
  calibrationError,
  logLoss,
  sigmoid,
} from './calibration.js';
import {
  accuracy,
  balancedAccuracy,
  type Confusion,
  countOutcomes,
  f1,
  precision,
  sensitivity,
  specificity,
} from './confusion.js';
import { MetricError, orNull } from './errors.js';
import { areaOfPrecision, areaUnderRoc, cumulate, rank } from './ranking.js';
import type { Numbers } from './validate.js';

export interface EvaluateOptions extends BinOptions {
  /** `[n]`; positive speaks for the positive class. */
  readonly logits: Numbers;
  /** `[n]`, 0 or 1. */
  readonly labels: Numbers;
  /** On the probability; 0.5 by default. Chosen on other data than these. */
  readonly threshold?: number;
  /** Probability is sigmoid(logit / temperature); 1 by default. Fitted on other data than these. */
  readonly temperature?: number;
  /** `false` for no intervals. */
  readonly bootstrap?: BootstrapOptions | false;
}

/** Flat, ready for JSON. What one class alone leaves undefined is null. */
export interface BinaryEvaluation {
  readonly n: number;
  readonly positives: number;
  readonly threshold: number;
  readonly temperature: number;
  readonly auroc: number | null;
  readonly aurocCi95: Interval | null;
  readonly averagePrecision: number | null;
  readonly averagePrecisionCi95: Interval | null;
  readonly accuracy: number;
  readonly accuracyCi95: Interval | null;
  readonly balancedAccuracy: number | null;
  readonly balancedAccuracyCi95: Interval | null;
  readonly sensitivity: number | null;
  readonly sensitivityCi95: Interval | null;
  readonly specificity: number | null;
  readonly specificityCi95: Interval | null;
  readonly precision: number;
  readonly precisionCi95: Interval | null;
  readonly f1: number;
  readonly f1Ci95: Interval | null;
  readonly brier: number;
  readonly brierCi95: Interval | null;
  readonly ece: number;
  readonly eceCi95: Interval | null;
  readonly logLoss: number;
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

const STATISTICS = [
  'auroc',
  'averagePrecision',
  'accuracy',
  'balancedAccuracy',
  'sensitivity',
  'specificity',
  'precision',
  'f1',
  'brier',
  'ece',
] as const;
type Statistic = (typeof STATISTICS)[number];

/**
 * Every number an evaluation of a binary classifier needs, with bootstrap intervals. The intervals are at
 * `bootstrap.level`, 95 % by default.
 * @throws MetricError for bad or empty input; one class alone is no error here.
 */
export function evaluateBinary(options: EvaluateOptions): BinaryEvaluation {
  const { logits, labels, threshold = 0.5, temperature = 1 } = options;
  if (!(temperature > 0))
    throw new MetricError('option', `temperature is ${temperature}; a positive number is needed`);
  const ranking = rank(logits, labels);
  const scaled = Float64Array.from(logits, (logit) => logit / temperature);
  const probabilities = scaled.map(sigmoid);
  const edges = binEdges(probabilities, options);
  const squares = probabilities.map((p, i) => (p - labels[i]!) ** 2);

  const compute = (weights?: Numbers): { values: Record<Statistic, number | null>; outcomes: Confusion } => {
    const counts = cumulate(ranking, weights);
    const outcomes = countOutcomes(probabilities, labels, threshold, weights);
    const values = {
      auroc: orNull(() => areaUnderRoc(counts)),
      averagePrecision: orNull(() => areaOfPrecision(counts)),
      accuracy: accuracy(outcomes),
      balancedAccuracy: orNull(() => balancedAccuracy(outcomes)),
      sensitivity: orNull(() => sensitivity(outcomes)),
      specificity: orNull(() => specificity(outcomes)),
      precision: precision(outcomes),
      f1: f1(outcomes),
      brier: weights ? weightedMean(squares, weights) : brier(probabilities, labels),
      ece: calibrationError(binned(probabilities, labels, edges, weights)),
    };
    return { values, outcomes };
  };

  const { values, outcomes } = compute();
  const intervals =
    options.bootstrap === false
      ? STATISTICS.map(() => null)
      : bootstrap(
          labels.length,
          (weights) => {
            const resampled = compute(weights).values;
            return STATISTICS.map((name) => resampled[name]);
          },
          options.bootstrap,
        );
  const ci = Object.fromEntries(STATISTICS.map((name, i) => [`${name}Ci95`, intervals[i]!]));
  return {
    n: labels.length,
    positives: outcomes.tp + outcomes.fn,
    threshold,
    temperature,
    ...Object.fromEntries(
      STATISTICS.flatMap((name) => [
        [name, values[name]],
        [`${name}Ci95`, ci[`${name}Ci95`]!],
      ]),
    ),
    logLoss: logLoss(scaled, labels),
    ...outcomes,
  } as BinaryEvaluation;
}

function weightedMean(values: Numbers, weights: Numbers): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * values[i]!;
    total += weights[i]!;
  }
  return sum / total;
}
