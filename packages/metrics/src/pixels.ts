import { MetricError } from './errors.js';
import { areaOfPrecision, areaUnderRoc, type Cumulative, requirePositives } from './ranking.js';
import { checkOptions, checkPairs, type Numbers } from './validate.js';

/** Where the value for the scores as they are, unrounded, surely lies. */
export type Bounds = readonly [low: number, high: number];

/**
 * Average precision and AUROC over the pixels of all images pooled, in memory that does not grow with
 * their number: a histogram over floating-point numbers of `bits` bits, that is sign, 8 bits of exponent and
 * `bits` − 9 of mantissa. A score is rounded by at most 1 part in 2^(bits − 8), on any scale; scores
 * that round alike count as tied. What the rounding may have changed is known, see the `…Bounds`.
 */
export interface PixelScores {
  /**
   * @param scores raw map values, any scale, higher speaks for tumour; those beyond float32's range tie with its
   *   ends. Logits rather than probabilities, since those crowd near 1, where floating point is coarse.
   * @param truth 0 or 1, as many.
   * @throws MetricError `length`, `label`, `not-finite`; nothing is then added.
   */
  update(scores: Numbers, truth: Numbers): void;
  /** @throws MetricError `option` where `other` has another number of bits. */
  merge(other: PixelScores): void;
  /** Pixels so far. */
  readonly length: number;
  readonly bits: number;
  /** @throws MetricError `empty`, or `one-class` without a tumour pixel. */
  averagePrecision(): number;
  /** Of the exact average precision. @throws MetricError as {@link averagePrecision}. */
  averagePrecisionBounds(): Bounds;
  /** @throws MetricError `empty`, or `one-class` without pixels of both kinds. */
  auroc(): number;
  /** Of the exact AUROC. @throws MetricError as {@link auroc}. */
  aurocBounds(): Bounds;
  /** Counts by score, for merging: negatives and positives, `[2^bits]`, from the lowest score on. Not a copy. */
  histogram(): { readonly negatives: Float64Array; readonly positives: Float64Array };
}

/** How finely {@link pixelScores} tells scores apart. */
export interface PixelOptions {
  /** 10 to 24; 20 by default, which takes 16 MiB and rounds by at most 1 part in 4,096. */
  readonly bits?: number;
}

/** {@link PixelScores} of no pixel yet. @throws MetricError `option`. */
export function pixelScores(options: PixelOptions = {}): PixelScores {
  checkOptions<PixelOptions>('pixelScores', options, { bits: true });
  const { bits = 20 } = options;
  if (!Number.isInteger(bits) || bits < 10 || bits > 24)
    throw new MetricError('option', `bits is ${bits}; a whole number from 10 to 24 is needed`);
  const levels = 2 ** bits;
  const negatives = new Float64Array(levels);
  const positives = new Float64Array(levels);
  let length = 0;
  const cumulative = (): Cumulative => {
    if (length === 0) throw new MetricError('empty', 'there is nothing to measure: no pixel was given');
    return cumulate(negatives, positives);
  };
  return {
    bits,
    update(scores, truth) {
      checkPairs(scores, truth);
      for (let i = 0; i < scores.length; i++)
        (truth[i] === 1 ? positives : negatives)[levelOf(scores[i]!, bits)]! += 1;
      length += scores.length;
    },
    merge(other) {
      if (other.bits !== bits)
        throw new MetricError('option', `histograms of ${bits} and ${other.bits} bits do not merge`);
      const histogram = other.histogram();
      for (let level = 0; level < levels; level++) {
        negatives[level]! += histogram.negatives[level]!;
        positives[level]! += histogram.positives[level]!;
      }
      length += other.length;
    },
    get length() {
      return length;
    },
    averagePrecision: () => areaOfPrecision(cumulative()),
    averagePrecisionBounds: () => precisionBounds(cumulative()),
    auroc: () => areaUnderRoc(cumulative()),
    aurocBounds: () => rocBounds(cumulative()),
    histogram: () => ({ negatives, positives }),
  };
}

/** A positive and a negative of one level count half where exactly they may count nothing or one. */
function rocBounds(counts: Cumulative): Bounds {
  const area = areaUnderRoc(counts);
  const { truePositives: tp, falsePositives: fp, positives, negatives } = counts;
  let tied = 0;
  for (let i = 0; i < tp.length; i++) tied += (tp[i]! - (tp[i - 1] ?? 0)) * (fp[i]! - (fp[i - 1] ?? 0));
  const error = tied / 2 / (positives * negatives);
  return [Math.max(0, area - error), Math.min(1, area + error)];
}

/**
 * Within a level, at best all positives come first, together; at worst all negatives do, and the positives
 * one by one: Σ (T + j) / (T + j + F), at least the integral of x / (x + F), F counting the level's negatives.
 */
function precisionBounds(counts: Cumulative): Bounds {
  requirePositives('average precision', counts);
  const { truePositives: tp, falsePositives: fp, positives } = counts;
  let [low, high] = [0, 0];
  for (let i = 0; i < tp.length; i++) {
    const [tpBefore, fpBefore, tpAfter, fpAfter] = [tp[i - 1] ?? 0, fp[i - 1] ?? 0, tp[i]!, fp[i]!];
    const gained = tpAfter - tpBefore;
    if (gained === 0) continue;
    high += (gained * tpAfter) / (tpAfter + fpBefore);
    low += gained === 1 ? tpAfter / (tpAfter + fpAfter) : integral(tpBefore, tpAfter, fpAfter);
  }
  return [low / positives, Math.min(1, high / positives)];
}

/** Of x / (x + F) over [from, to]. */
function integral(from: number, to: number, falsePositives: number): number {
  if (falsePositives === 0) return to - from;
  return to - from - falsePositives * Math.log1p((to - from) / (from + falsePositives));
}

function cumulate(negatives: Float64Array, positives: Float64Array): Cumulative {
  const used: number[] = [];
  for (let level = negatives.length - 1; level >= 0; level--) {
    if (negatives[level]! + positives[level]! > 0) used.push(level);
  }
  const truePositives = new Float64Array(used.length);
  const falsePositives = new Float64Array(used.length);
  let [tp, fp] = [0, 0];
  for (const [group, level] of used.entries()) {
    tp += positives[level]!;
    fp += negatives[level]!;
    truePositives[group] = tp;
    falsePositives[group] = fp;
  }
  return { truePositives, falsePositives, thresholds: Float64Array.from(used), positives: tp, negatives: fp };
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The upper `bits` bits of a float32, rounded to nearest and put in the order of its value. */
export function levelOf(score: number, bits: number): number {
  float[0] = score + 0; // −0 becomes 0, so that both are one level
  const dropped = 32 - bits;
  const middle = 2 ** (bits - 1);
  const whole = word[0]!;
  const half = Math.min((whole & 0x7fffffff) + 2 ** (dropped - 1), 0x7f7fffff) >>> dropped;
  return whole >>> 31 ? middle - half : middle + half;
}
