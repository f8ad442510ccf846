import type { Confusion } from '@pcam/metrics';

/** The rows of the gallery, in this order. */
export const OUTCOMES = ['tp', 'fn', 'fp', 'tn'] as const satisfies readonly (keyof Confusion)[];

export type Outcome = (typeof OUTCOMES)[number];

export interface Example {
  /** Place in the predictions. */
  readonly position: number;
  readonly outcome: Outcome;
}

/**
 * Which patches a gallery shows: as many of each outcome as there are, up to a quarter of
 * `count` each. Errors are the most confident ones, for they teach most; correct calls are
 * spread evenly from the most confident to the least.
 *
 * @param probabilities `[n]`. @param labels `[n]`, 0 or 1.
 */
export function selectExamples(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  threshold: number,
  count: number,
): Example[] {
  const each = Math.max(1, Math.floor(count / OUTCOMES.length));
  return OUTCOMES.flatMap((outcome) => {
    const positions = Array.from({ length: labels.length }, (_, i) => i)
      .filter((i) => outcomeOf(probabilities[i]!, labels[i]!, threshold) === outcome)
      .sort(
        (a, b) =>
          confidence(probabilities[b]!, threshold) - confidence(probabilities[a]!, threshold) || a - b,
      );
    const wrong = outcome === 'fp' || outcome === 'fn';
    const chosen = wrong ? positions.slice(0, each) : spread(positions, each);
    return chosen.map((position) => ({ position, outcome }));
  });
}

export function outcomeOf(probability: number, label: number, threshold: number): Outcome {
  const called = probability >= threshold;
  if (label === 1) return called ? 'tp' : 'fn';
  return called ? 'fp' : 'tn';
}

function confidence(probability: number, threshold: number): number {
  return Math.abs(probability - threshold);
}

/** So many of the values, evenly spread from the first to the last. */
export function spread(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  return Array.from(
    { length: count },
    (_, i) => values[Math.round((i * (values.length - 1)) / Math.max(1, count - 1))]!,
  );
}
