import type { KnownKeys } from '@pcam/options';
import {
  BIN_OPTIONS,
  type BinOptions,
  binEdges,
  binner,
  calibrationError,
  crossEntropies,
  logit,
  sigmoid,
  squaredErrors,
  weightedMean,
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
import { checkOneOf } from './options.js';
import { areaOfPrecision, areaUnderRoc, cumulator, rank } from './ranking.js';
import { checkProbabilities, type Numbers } from './validate.js';

export interface BinaryOptions extends BinOptions {
  /** What the scores are: `logits` (the default), any finite number, or `probabilities`, in [0, 1]. */
  readonly input?: 'logits' | 'probabilities';
  /** On the probability; 0.5 by default. Chosen on other data than these. */
  readonly threshold?: number;
  /** Probability is sigmoid(logit / temperature + bias); 1 by default. Fitted on other data than these. */
  readonly temperature?: number;
  /** 0 by default. */
  readonly bias?: number;
}

export const BINARY_OPTIONS: KnownKeys<BinaryOptions> = {
  ...BIN_OPTIONS,
  input: true,
  threshold: true,
  temperature: true,
  bias: true,
};

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

export const STATISTICS: readonly (keyof BinaryStatistics)[] = [
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
  'logLoss',
];

export interface Measured {
  readonly statistics: BinaryStatistics;
  readonly confusion: Confusion;
}

/**
 * Does once what does not depend on `weights` (checks, sorting, binning), so that each resample is O(n).
 * @throws MetricError for bad or empty input or options.
 */
export function measurer(
  scores: Numbers,
  labels: Numbers,
  options: BinaryOptions,
): (weights?: Numbers) => Measured {
  checkBinaryOptions(options);
  const { input = 'logits', threshold = 0.5, temperature = 1, bias = 0 } = options;
  const count = cumulator(rank(scores, labels));
  if (input === 'probabilities') checkProbabilities(scores);
  const logits = input === 'logits' ? scores : Float64Array.from(scores, logit);
  const scaled = Float64Array.from(logits, (value) => value / temperature + bias);
  const asGiven = input === 'probabilities' && temperature === 1 && bias === 0;
  const probabilities = asGiven ? Float64Array.from(scores) : scaled.map(sigmoid);
  const bin = binner(probabilities, labels, binEdges(probabilities, options));
  const squares = squaredErrors(probabilities, labels);
  const losses = crossEntropies(scaled, labels);

  return (weights) => {
    const counts = count(weights);
    const confusion = countOutcomes(probabilities, labels, threshold, weights);
    const statistics: BinaryStatistics = {
      auroc: orNull(() => areaUnderRoc(counts)),
      averagePrecision: orNull(() => areaOfPrecision(counts)),
      accuracy: accuracy(confusion),
      balancedAccuracy: orNull(() => balancedAccuracy(confusion)),
      sensitivity: orNull(() => sensitivity(confusion)),
      specificity: orNull(() => specificity(confusion)),
      precision: precision(confusion),
      f1: f1(confusion),
      brier: weightedMean(squares, weights),
      ece: calibrationError(bin(weights)),
      logLoss: weightedMean(losses, weights),
    };
    return { statistics, confusion };
  };
}

/** @throws MetricError `option`. */
export function checkBinaryOptions(options: BinaryOptions): void {
  const { input = 'logits', threshold = 0.5, temperature = 1, bias = 0 } = options;
  checkOneOf('input', input, ['logits', 'probabilities']);
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new MetricError('option', `temperature is ${temperature}; a positive number is needed`);
  if (!Number.isFinite(threshold))
    throw new MetricError('option', `threshold is ${threshold}; a finite number is needed`);
  if (!Number.isFinite(bias)) throw new MetricError('option', `bias is ${bias}; a finite number is needed`);
}
