import type { BinaryEvaluation } from './evaluate.js';
import { BINARY_OPTIONS, type BinaryOptions, checkBinaryOptions, measurer } from './measure.js';
import { binaryScores } from './scores.js';
import type { StatisticName } from './statistics.js';
import { checkOptions, checkProbabilities, type Numbers } from './validate.js';

/** All statistics of a binary classifier, fed batch by batch; parts of a data set merge into the whole. */
export interface BinaryMetrics {
  /** Predictions so far. */
  readonly length: number;
  /**
   * @param scores `[b]`, logits or probabilities by `options.input`. @param labels `[b]`, 0 or 1.
   * @throws MetricError for a bad score or label, naming its index in the batch; nothing is then added.
   */
  update(scores: Numbers, labels: Numbers): void;
  /**
   * Adds the predictions of another part of the data set, after those so far. Its scores must be of the same `input`.
   * @throws MetricError `range` where logits come to probabilities; nothing is then added.
   */
  merge(other: BinaryMetrics): void;
  /** What `evaluateBinary` gives, without intervals. @throws MetricError `empty`. */
  compute(): Omit<BinaryEvaluation, `${StatisticName}Ci95`>;
  /** `[n]`, in the order they came. */
  scores(): Float64Array;
  /** `[n]`, 0 or 1. */
  labels(): Uint8Array;
}

/**
 * {@link BinaryMetrics} of no prediction yet. Threshold, temperature and bias hold for all batches.
 * @throws MetricError `option`.
 */
export function binaryMetrics(options: BinaryOptions = {}): BinaryMetrics {
  checkOptions<BinaryOptions>('binaryMetrics', options, BINARY_OPTIONS);
  checkBinaryOptions(options);
  const { input = 'logits', threshold = 0.5, temperature = 1, bias = 0 } = options;
  const gathered = binaryScores();
  const update = (scores: Numbers, labels: Numbers): void => {
    if (input === 'probabilities') checkProbabilities(scores);
    gathered.update(scores, labels);
  };
  return {
    get length() {
      return gathered.length;
    },
    update,
    merge: (other) => update(other.scores(), other.labels()),
    compute() {
      const { statistics, confusion } = measurer(gathered.scores(), gathered.labels(), options)();
      const positives = confusion.tp + confusion.fn;
      return { n: gathered.length, positives, threshold, temperature, bias, ...statistics, confusion };
    },
    scores: gathered.scores,
    labels: gathered.labels,
  };
}
