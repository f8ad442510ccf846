import { logLoss, sigmoid } from './calibration.js';
import { checkPairs, checkSome, type Numbers } from './validate.js';

export interface TemperatureFit {
  /** Probability is sigmoid(logit / temperature). */
  readonly temperature: number;
  readonly logLossBefore: number;
  readonly logLossAfter: number;
}

/** Perfectly separable logits would ask for a temperature of 0, useless ones for infinity. */
const LEAST = 0.05;
const MOST = 100;

/**
 * Temperature scaling (Guo et al. 2017, arXiv 1706.04599, section 4.2): the temperature that minimises
 * the log loss, which is convex in 1 / temperature. Kept within [0.05, 100]; 1 where labels are of one
 * class only, which cannot tell.
 * @throws MetricError for bad or empty input.
 */
export function fitTemperature(logits: Numbers, labels: Numbers): TemperatureFit {
  checkPairs(logits, labels);
  checkSome(labels.length);
  const logLossBefore = logLoss(logits, labels);
  const temperature = oneClass(labels) ? 1 : 1 / rootOfSlope(logits, labels);
  const scaled = Float64Array.from(logits, (logit) => logit / temperature);
  return { temperature, logLossBefore, logLossAfter: logLoss(scaled, labels) };
}

/** Bisects the derivative of the log loss by β = 1 / temperature, Σ (σ(βz) − y) z, which only grows with β. */
function rootOfSlope(logits: Numbers, labels: Numbers): number {
  const slope = (beta: number): number => {
    let sum = 0;
    for (let i = 0; i < labels.length; i++) sum += (sigmoid(beta * logits[i]!) - labels[i]!) * logits[i]!;
    return sum;
  };
  let [low, high] = [1 / MOST, 1 / LEAST];
  if (slope(low) >= 0) return low;
  if (slope(high) <= 0) return high;
  for (let i = 0; i < 100 && high - low > 1e-12; i++) {
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
