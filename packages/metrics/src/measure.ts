import type { KnownKeys } from '@pcam/options';
import { BIN_OPTIONS, type BinOptions, logit, sigmoid } from './calibration.js';
import { type Confusion, countOutcomes } from './confusion.js';
import { MetricError } from './errors.js';
import { cumulator, rank } from './ranking.js';
import { type BinaryStatistics, byStatistic, STATISTICS } from './statistics.js';
import { checkOneOf, checkProbabilities, type Numbers } from './validate.js';

/** What scores of a binary classifier are, and how they become probabilities and decisions. */
export interface BinaryOptions extends BinOptions {
  /** What the scores are: `logits` (the default), any finite number, or `probabilities`, in [0, 1]. */
  readonly input?: 'logits' | 'probabilities';
  /** On the probability; 0.5 by default. Chosen on other data than these. */
  readonly threshold?: number;
  /** Probability is sigmoid(logit / temperature + bias); 1 by default. Fitted on other data than these. */
  readonly temperature?: number;
  /** Added to the scaled logit, see `temperature`; 0 by default. */
  readonly bias?: number;
}

export const BINARY_OPTIONS: KnownKeys<BinaryOptions> = {
  ...BIN_OPTIONS,
  input: true,
  threshold: true,
  temperature: true,
  bias: true,
};

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
  const predicted = { labels, logits: scaled, probabilities, options };
  const measures = byStatistic((name) => STATISTICS[name].of(predicted));

  return (weights) => {
    const counts = count(weights);
    const confusion = countOutcomes(probabilities, labels, threshold, weights);
    const drawn = { weights, counts, confusion };
    return { statistics: byStatistic((name) => measures[name](drawn)) as BinaryStatistics, confusion };
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
