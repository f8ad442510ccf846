import { MetricError } from './errors.js';
import {
  checkNumber,
  checkOneOf,
  checkOptions,
  checkPairs,
  checkProbabilities,
  checkSome,
  type Numbers,
} from './validate.js';

/**
 * Mean squared difference of probability and label (Brier 1950).
 * @throws MetricError for bad or empty input, or `range`.
 */
export function brier(probabilities: Numbers, labels: Numbers): number {
  check(probabilities, labels);
  return weightedMean(squaredErrors(probabilities, labels));
}

/**
 * Mean binary cross-entropy of logits in nats, stable for logits of any size.
 * @throws MetricError for bad or empty input.
 */
export function logLoss(logits: Numbers, labels: Numbers): number {
  checkPairs(logits, labels);
  checkSome(labels.length);
  return weightedMean(crossEntropies(logits, labels));
}

/** (p − y)² of each prediction, `[n]`. */
export function squaredErrors(probabilities: Numbers, labels: Numbers): Float64Array {
  return Float64Array.from(probabilities, (p, i) => (p - labels[i]!) ** 2);
}

/** −log of the probability that each logit gives its label, `[n]`. */
export function crossEntropies(logits: Numbers, labels: Numbers): Float64Array {
  return Float64Array.from(logits, (logit, i) => softplus(labels[i] === 1 ? -logit : logit));
}

export function weightedMean(values: Numbers, weights?: Numbers): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights ? weights[i]! : 1;
    sum += weight * values[i]!;
    total += weight;
  }
  return sum / total;
}

/** log(1 + eˣ). */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** 1 / (1 + e⁻ˣ), without overflow. */
export function sigmoid(x: number): number {
  checkNumber('sigmoid', x);
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** log(p / (1 − p)); p is kept 2⁻⁵² away from 0 and 1, so that the logit is finite. */
export function logit(p: number): number {
  checkNumber('logit', p);
  const inside = Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON);
  return Math.log(inside) - Math.log1p(-inside);
}

/** How probabilities are sorted into the bins of a reliability diagram. */
export interface BinOptions {
  /** How many, at least 1; 15 by default. Ties may leave fewer by `mass`. */
  readonly bins?: number;
  /** Bins of equal width on [0, 1] (the default), or of as equal a number of predictions as ties allow. */
  readonly binning?: 'width' | 'mass';
}

export const BIN_OPTIONS = { bins: true, binning: true } as const;

/** One bin of a reliability diagram: well calibrated where `frequency` is near `confidence`. */
export interface ReliabilityBin {
  /** Probabilities of the bin lie in (from, to], in the first one from and with `from`. */
  readonly from: number;
  readonly to: number;
  /** Predictions in it. */
  readonly count: number;
  /** Mean probability; the bin's middle where it is empty. */
  readonly confidence: number;
  /** Share of positive labels; 0 where it is empty. */
  readonly frequency: number;
}

/**
 * Predicted probability against observed frequency of the positive class, by bins.
 * @throws MetricError for bad or empty input, or `option` for a bad number of bins.
 */
export function reliabilityBins(
  probabilities: Numbers,
  labels: Numbers,
  options: BinOptions = {},
): ReliabilityBin[] {
  checkOptions<BinOptions>('reliabilityBins', options, BIN_OPTIONS);
  check(probabilities, labels);
  return binner(probabilities, labels, binEdges(probabilities, options))();
}

/**
 * Expected calibration error of the positive class's probability (Naeini et al. 2015; Guo et al. 2017,
 * equation 3): the mean over predictions of |frequency − confidence| of their bin.
 * @throws MetricError as {@link reliabilityBins}.
 */
export function expectedCalibrationError(
  probabilities: Numbers,
  labels: Numbers,
  options: BinOptions = {},
): number {
  checkOptions<BinOptions>('expectedCalibrationError', options, BIN_OPTIONS);
  return calibrationError(reliabilityBins(probabilities, labels, options));
}

/** Bins checked input once, then counts it anew for every resample's `weights`. */
export function binner(
  probabilities: Numbers,
  labels: Numbers,
  edges: Numbers,
): (weights?: Numbers) => ReliabilityBin[] {
  const bins = edges.length - 1;
  const binOf = Uint32Array.from(probabilities, (p) => findBin(edges, p));
  return (weights) => {
    const count = new Float64Array(bins);
    const sum = new Float64Array(bins);
    const positive = new Float64Array(bins);
    for (let i = 0; i < binOf.length; i++) {
      const bin = binOf[i]!;
      const weight = weights ? weights[i]! : 1;
      count[bin]! += weight;
      sum[bin]! += weight * probabilities[i]!;
      positive[bin]! += weight * labels[i]!;
    }
    return Array.from(count, (n, bin) => {
      const [from, to] = [edges[bin]!, edges[bin + 1]!];
      const confidence = n > 0 ? sum[bin]! / n : (from + to) / 2;
      return { from, to, count: n, confidence, frequency: n > 0 ? positive[bin]! / n : 0 };
    });
  };
}

export function calibrationError(bins: readonly ReliabilityBin[]): number {
  let error = 0;
  let n = 0;
  for (const { count, confidence, frequency } of bins) {
    error += count * Math.abs(frequency - confidence);
    n += count;
  }
  return error / n;
}

export function binEdges(probabilities: Numbers, { bins = 15, binning = 'width' }: BinOptions): number[] {
  if (!Number.isInteger(bins) || bins < 1)
    throw new MetricError('option', `bins is ${bins}; a positive whole number is needed`);
  checkOneOf('binning', binning, ['width', 'mass']);
  const even = Array.from({ length: bins + 1 }, (_, i) => i / bins);
  if (binning === 'width') return even;
  const sorted = Float64Array.from(probabilities).sort();
  const quantiles = even.slice(1, -1).map((share) => sorted[Math.ceil(share * sorted.length) - 1]!);
  return [...new Set([0, ...quantiles, 1])];
}

/** The first bin that ends at or above `value`. */
function findBin(edges: Numbers, value: number): number {
  let [low, high] = [0, edges.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value > edges[middle]!) low = middle;
    else high = middle;
  }
  return low;
}

function check(probabilities: Numbers, labels: Numbers): void {
  checkPairs(probabilities, labels);
  checkSome(labels.length);
  checkProbabilities(probabilities);
}
