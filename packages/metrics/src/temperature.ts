import { crossEntropies, sigmoid, weightedMean } from './calibration.js';
import { checkOptions, checkPairs, checkSome, type Numbers } from './validate.js';

/** What {@link fitTemperature} fits. */
export interface TemperatureOptions {
  /** Fit a bias too (Platt scaling with a slope kept positive); `false` by default. */
  readonly bias?: boolean;
}

/** What calibrates logits, and what it gains on those it was fitted to. */
export interface TemperatureFit {
  /** Probability is sigmoid(logit / temperature + bias). */
  readonly temperature: number;
  /** 0 where none was asked for. */
  readonly bias: number;
  /** Of the logits as they are, in nats. */
  readonly logLossBefore: number;
  /** Of the calibrated ones. */
  readonly logLossAfter: number;
}

/** Perfectly separable logits would ask for a temperature of 0, useless ones for infinity. */
const LEAST = 0.05;
const MOST = 100;

/**
 * Temperature scaling (Guo et al. 2017, arXiv 1706.04599, section 4.2): the temperature that minimises
 * the log loss, which is convex in 1 / temperature. Kept within [0.05, 100]; 1, with bias 0, where labels are
 * of one class only, which cannot tell.
 * @param logits `[n]`, of a validation split. @param labels `[n]`, 0 or 1.
 * @throws MetricError for bad or empty input.
 */
export function fitTemperature(
  logits: Numbers,
  labels: Numbers,
  options: TemperatureOptions = {},
): TemperatureFit {
  checkOptions<TemperatureOptions>('fitTemperature', options, { bias: true });
  checkPairs(logits, labels);
  checkSome(labels.length);
  const { beta, bias } = oneClass(labels)
    ? { beta: 1, bias: 0 }
    : options.bias
      ? fitBoth(logits, labels)
      : { beta: fitBeta(logits, labels), bias: 0 };
  const temperature = 1 / beta;
  const scaled = Float64Array.from(logits, (logit) => logit / temperature + bias);
  return {
    temperature,
    bias,
    logLossBefore: weightedMean(crossEntropies(logits, labels)),
    logLossAfter: weightedMean(crossEntropies(scaled, labels)),
  };
}

/** β = 1 / temperature: where the derivative of the log loss, which only grows with β, is 0. */
function fitBeta(logits: Numbers, labels: Numbers): number {
  return rootOfRising(1 / MOST, 1 / LEAST, (beta) => residuals(logits, labels, beta, 0).timesLogit);
}

/**
 * With the best bias for each β the log loss is still convex in β, and its derivative is the same sum
 * at that bias: one bisection inside another.
 */
function fitBoth(logits: Numbers, labels: Numbers): { beta: number; bias: number } {
  let [least, most, positives] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < labels.length; i++) {
    least = Math.min(least, logits[i]!);
    most = Math.max(most, logits[i]!);
    positives += labels[i]!;
  }
  const logOdds = Math.log(positives / (labels.length - positives));
  // The best bias makes the mean probability the share of positives, so that it lies between these two.
  const biasFor = (beta: number): number =>
    rootOfRising(
      logOdds - beta * most,
      logOdds - beta * least,
      (bias) => residuals(logits, labels, beta, bias).sum,
    );
  const beta = rootOfRising(
    1 / MOST,
    1 / LEAST,
    (candidate) => residuals(logits, labels, candidate, biasFor(candidate)).timesLogit,
  );
  return { beta, bias: biasFor(beta) };
}

/** Derivatives of the summed log loss: Σ (σ(βz + b) − y) by b, and Σ (σ(βz + b) − y) z by β. */
function residuals(
  logits: Numbers,
  labels: Numbers,
  beta: number,
  bias: number,
): { sum: number; timesLogit: number } {
  let sum = 0;
  let timesLogit = 0;
  for (let i = 0; i < labels.length; i++) {
    const residual = sigmoid(beta * logits[i]! + bias) - labels[i]!;
    sum += residual;
    timesLogit += residual * logits[i]!;
  }
  return { sum, timesLogit };
}

/** Bisects; the nearer end where there is no root inside. */
function rootOfRising(from: number, to: number, slope: (x: number) => number): number {
  if (slope(from) >= 0) return from;
  if (slope(to) <= 0) return to;
  let [low, high] = [from, to];
  for (let i = 0; i < 100 && high - low > 1e-12 * Math.max(1, Math.abs(low)); i++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function oneClass(labels: Numbers): boolean {
  for (let i = 1; i < labels.length; i++) if (labels[i] !== labels[0]) return false;
  return true;
}
