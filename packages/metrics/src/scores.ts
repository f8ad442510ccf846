import { checkPairs, type Numbers } from './validate.js';

/**
 * Scores and labels, gathered batch by batch: the state behind every metric that needs all
 * scores. States of parts of a data set merge into the state of the whole.
 */
export interface BinaryScores {
  /** Predictions so far. */
  readonly length: number;
  /** @throws MetricError for a bad score or label, naming its index; nothing is then added. */
  update(scores: Numbers, labels: Numbers): void;
  /** Adds the predictions of another part of the data set, after those so far. */
  merge(other: BinaryScores): void;
  /** `[n]`, in the order they came. */
  scores(): Float64Array;
  /** `[n]`, 0 or 1. */
  labels(): Uint8Array;
}

/** {@link BinaryScores} of no prediction yet. */
export function binaryScores(): BinaryScores {
  let scores = new Float64Array(64);
  let labels = new Uint8Array(64);
  let length = 0;
  const update = (newScores: Numbers, newLabels: Numbers): void => {
    checkPairs(newScores, newLabels);
    const needed = length + newScores.length;
    if (needed > scores.length) {
      const room = Math.max(needed, 2 * scores.length);
      scores = grown(scores, new Float64Array(room));
      labels = grown(labels, new Uint8Array(room));
    }
    scores.set(newScores, length);
    labels.set(newLabels, length);
    length = needed;
  };
  return {
    get length() {
      return length;
    },
    update,
    merge: (other) => update(other.scores(), other.labels()),
    scores: () => scores.slice(0, length),
    labels: () => labels.slice(0, length),
  };
}

function grown<T extends Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
