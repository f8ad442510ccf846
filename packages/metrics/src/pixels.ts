import { MetricError } from './errors.js';
import { areaOfPrecision, areaUnderRoc, type Cumulative } from './ranking.js';
import { checkPairs, type Numbers } from './validate.js';

/**
 * Average precision and AUROC over the pixels of all images pooled, in memory that does not grow with
 * their number. Scores are rounded to `float32` precision with 16 bits of it kept: sign, exponent and
 * 7 bits of mantissa, that is to 1 part in 128, on any scale. Scores that round alike count as tied.
 */
export interface PixelScores {
  /**
   * @param scores raw map values, any scale, higher speaks for tumour. @param truth 0 or 1, as many.
   * @throws MetricError `length`, `label`, `not-finite`.
   */
  update(scores: Numbers, truth: Numbers): void;
  merge(other: PixelScores): void;
  /** Pixels so far. */
  readonly length: number;
  /** @throws MetricError `empty`, or `one-class` without a tumour pixel. */
  averagePrecision(): number;
  /** @throws MetricError `empty`, or `one-class` without pixels of both kinds. */
  auroc(): number;
  /** Counts by score, for merging: negatives and positives, from the lowest score on. */
  histogram(): { readonly negatives: Float64Array; readonly positives: Float64Array };
}

const LEVELS = 65536;

export function pixelScores(): PixelScores {
  const negatives = new Float64Array(LEVELS);
  const positives = new Float64Array(LEVELS);
  let length = 0;
  const cumulative = (): Cumulative => {
    if (length === 0) throw new MetricError('empty', 'there is nothing to measure: no pixel was given');
    const used = [...levelsFromTop(negatives, positives)];
    const truePositives = new Float64Array(used.length);
    const falsePositives = new Float64Array(used.length);
    let [tp, fp] = [0, 0];
    for (const [group, level] of used.entries()) {
      tp += positives[level]!;
      fp += negatives[level]!;
      truePositives[group] = tp;
      falsePositives[group] = fp;
    }
    return {
      truePositives,
      falsePositives,
      thresholds: Float64Array.from(used),
      positives: tp,
      negatives: fp,
    };
  };
  return {
    update(scores, truth) {
      checkPairs(scores, truth);
      for (let i = 0; i < scores.length; i++)
        (truth[i] === 1 ? positives : negatives)[levelOf(scores[i]!)]! += 1;
      length += scores.length;
    },
    merge(other) {
      const histogram = other.histogram();
      for (let level = 0; level < LEVELS; level++) {
        negatives[level]! += histogram.negatives[level]!;
        positives[level]! += histogram.positives[level]!;
      }
      length += other.length;
    },
    get length() {
      return length;
    },
    averagePrecision: () => areaOfPrecision(cumulative()),
    auroc: () => areaUnderRoc(cumulative()),
    histogram: () => ({ negatives: negatives.slice(), positives: positives.slice() }),
  };
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The upper half of a float32's bits, put in the order of its value. */
function levelOf(score: number): number {
  float[0] = score + 0; // −0 becomes 0, so that both are one level
  const word = bits[0]!;
  const half = Math.min((word & 0x7fffffff) + 0x8000, 0x7f7fffff) >>> 16; // rounded to nearest
  return word >>> 31 ? 0x7fff - half : 0x8000 + half;
}

function* levelsFromTop(negatives: Float64Array, positives: Float64Array): Generator<number> {
  for (let level = LEVELS - 1; level >= 0; level--) {
    if (negatives[level]! + positives[level]! > 0) yield level;
  }
}
