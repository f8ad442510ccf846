import { averagePrecision, balancedAccuracy, brier, confusion, f1, orNull, sigmoid } from '@pcam/metrics';
import { checkChoice, checkKeys, describeValue } from '@pcam/options';
import type { Predictions } from './predict.js';
import type { ValidationScores } from './records.js';

/** A metric of one's own on the validation split. */
export interface OwnMonitor {
  /** In records; and in the checkpoint, which a run resumes from with the same name and mode alone. */
  readonly name: string;
  /** Whether more is better, or less. */
  readonly mode: 'max' | 'min';
  /** `null` or NaN where it cannot be told, which no score is worse than. */
  readonly of: (predictions: Predictions) => number | null;
}

type Mode = OwnMonitor['mode'];

/**
 * Metrics of `@pcam/metrics`, of which those that need a decision take it at a logit of 0; or `'last'`, by which every
 * epoch is better than those before, for a network that is trained for what no score of its labels tells.
 */
export type MonitorName =
  | 'auroc'
  | 'loss'
  | 'accuracy'
  | 'averagePrecision'
  | 'balancedAccuracy'
  | 'f1'
  | 'brier'
  | 'last';

/** What the best checkpoint and early stopping look at, on the validation split. */
export type Monitor = MonitorName | OwnMonitor;

interface Metric {
  readonly mode: Mode;
  /** Absent for what every validation measures. */
  readonly of?: OwnMonitor['of'];
}

const counts = ({ logits, labels }: Predictions) => confusion(logits, labels, 0);

const METRICS: Readonly<Record<MonitorName, Metric>> = {
  auroc: { mode: 'max' },
  loss: { mode: 'min' },
  accuracy: { mode: 'max' },
  averagePrecision: { mode: 'max', of: ({ logits, labels }) => averagePrecision(logits, labels) },
  balancedAccuracy: { mode: 'max', of: (predictions) => balancedAccuracy(counts(predictions)) },
  f1: { mode: 'max', of: (predictions) => f1(counts(predictions)) },
  brier: { mode: 'min', of: ({ logits, labels }) => brier(Float64Array.from(logits, sigmoid), labels) },
  last: { mode: 'max' },
};

/** All of {@link MonitorName}, for lists of choices. */
export const monitorNames = Object.keys(METRICS) as readonly MonitorName[];

/** @throws Error naming what is wrong. */
export function resolveMonitor(monitor: Monitor = 'auroc'): Monitor {
  if (typeof monitor !== 'object' || monitor === null) {
    checkChoice('fit: monitor', monitor, monitorNames);
    return monitor;
  }
  checkKeys<OwnMonitor>('fit: monitor', monitor, { name: true, mode: true, of: true });
  const { name, mode, of } = monitor;
  if (typeof name !== 'string' || name === '') {
    throw new Error(`fit: monitor: name must be a string, got ${describeValue(name)}`);
  }
  checkChoice('fit: monitor: mode', mode, ['max', 'min']);
  if (typeof of !== 'function') {
    throw new Error(
      `fit: monitor: of must be a function ({ logits, labels }) => number, got ${describeValue(of)}; for a metric by name, give monitor: '${monitorNames.find((known) => known === name) ?? 'auroc'}'`,
    );
  }
  return monitor;
}

/** What is measured besides loss, AUROC and accuracy. */
export function monitored(monitor: Monitor, predictions: Predictions): ValidationScores['monitored'] {
  const name = nameOf(monitor);
  const { of } = metricOf(monitor);
  if (!of) return undefined;
  const value: unknown = typeof monitor === 'string' ? orNull(() => of(predictions)) : of(predictions);
  if (value !== null && typeof value !== 'number') {
    throw new Error(
      `fit: monitor '${name}' gave ${describeValue(value)}; return a number, or null where it cannot be told`,
    );
  }
  return { name, value: Number.isNaN(value) ? null : value };
}

/** The monitored score among those of an epoch, and which way is better. */
export function monitoredScore(
  scores: ValidationScores,
  monitor: Monitor,
): { value: number | null; mode: Mode } {
  const { mode } = metricOf(monitor);
  const name = nameOf(monitor);
  if (name === 'last') return { value: null, mode };
  const value =
    scores.monitored?.name === name ? scores.monitored.value : scores[name as 'auroc' | 'loss' | 'accuracy'];
  return { value, mode };
}

/** Whether `scores` beat `best` by more than `minDelta` in the monitored score. */
export function isBetter(
  scores: ValidationScores,
  best: ValidationScores | undefined,
  monitor: Monitor,
  minDelta: number,
): boolean {
  return (
    best === undefined || monitor === 'last' || goodness(scores, monitor) > goodness(best, monitor) + minDelta
  );
}

function goodness(scores: ValidationScores, monitor: Monitor): number {
  const { value, mode } = monitoredScore(scores, monitor);
  if (value === null) return Number.NEGATIVE_INFINITY;
  return mode === 'min' ? -value : value;
}

function metricOf(monitor: Monitor): Metric {
  return typeof monitor === 'string' ? METRICS[monitor] : monitor;
}

function nameOf(monitor: Monitor): string {
  return typeof monitor === 'string' ? monitor : monitor.name;
}
