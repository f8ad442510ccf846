import { checkOptions } from '../check-options.js';
import { checkValues } from '../display/check-values.js';
import type { MapValues } from '../display/colorize.js';
import { XaiError } from '../errors.js';
import { levelOf, lowestOf } from './float-levels.js';

/** Pixels of one level, counted; levels without pixels are left out. */
export interface LevelCounts {
  /** From the lowest level on, as many as there are used levels. */
  readonly counts: Float64Array;
  /** Sum of the level's values. */
  readonly sums: Float64Array;
  /** Of the counted pixels, those that their masks call tumour. */
  readonly tumour: Float64Array;
  /**
   * A number that parts the levels from `first` on (`value >= cut`) from those below, midway in the
   * gap between them; `first` may be their number, which leaves all below.
   */
  readonly cut: (first: number) => number;
}

/**
 * The values of the pixels of many maps pooled, in memory that does not grow with their number:
 * counts by level, where a level is a float32 with its mantissa cut to `bits` − 9 bits (one part in
 * 2,048 by default), on any scale and signed. Thresholds are chosen from it.
 */
export interface MapHistogram {
  /**
   * @param values raw maps, any number of pixels.
   * @param masks 0 or 1, as many; all calls or none give them.
   * @throws XaiError for a value that is not finite, a mask that is not 0 or 1 or of another length;
   *   nothing is then added.
   */
  update(values: MapValues, masks?: ArrayLike<number>): void;
  /** Pixels so far. */
  readonly length: number;
  /** Whether all pixels came with masks. */
  readonly hasMasks: boolean;
  /** The levels that hold pixels, counted. */
  levels(): LevelCounts;
}

/** Of {@link mapHistogram}. */
export interface MapHistogramOptions {
  /** 10 to 24; 20 by default, which takes 24 MiB. */
  readonly bits?: number;
}

/** @throws XaiError for bits out of range. */
export function mapHistogram(options: MapHistogramOptions = {}): MapHistogram {
  checkOptions<MapHistogramOptions>('mapHistogram', options, { bits: true });
  const { bits = 20 } = options;
  if (!Number.isInteger(bits) || bits < 10 || bits > 24) {
    throw new XaiError('option', `bits is ${bits}; expected a whole number from 10 to 24.`);
  }
  const counts = new Float64Array(2 ** bits);
  const sums = new Float64Array(2 ** bits);
  const tumour = new Float64Array(2 ** bits);
  let length = 0;
  let masked: boolean | undefined;
  return {
    update(values, masks) {
      check(values, masks, masked);
      for (let i = 0; i < values.length; i++) {
        const level = levelOf(values[i]!, bits);
        counts[level]! += 1;
        sums[level]! += values[i]!;
        if (masks) tumour[level]! += masks[i]!;
      }
      masked = masks !== undefined;
      length += values.length;
    },
    get length() {
      return length;
    },
    get hasMasks() {
      return masked === true;
    },
    levels() {
      const used: number[] = [];
      for (let level = 0; level < counts.length; level++) if (counts[level]! > 0) used.push(level);
      const pick = (all: Float64Array) => Float64Array.from(used, (level) => all[level]!);
      return {
        counts: pick(counts),
        sums: pick(sums),
        tumour: pick(tumour),
        cut: (first) => {
          const above = used[first] ?? used.at(-1)! + 1;
          const below = first > 0 ? used[first - 1]! + 1 : above;
          return Math.fround(lowestOf(below, bits) / 2 + lowestOf(above, bits) / 2);
        },
      };
    },
  };
}

function check(values: MapValues, masks: ArrayLike<number> | undefined, masked: boolean | undefined): void {
  checkValues('mapHistogram: values', values);
  if (masks !== undefined) checkValues('mapHistogram: masks', masks);
  if (masked !== undefined && masked !== (masks !== undefined)) {
    throw new XaiError(
      'data',
      'Some maps came with masks and others without: give masks for all or for none.',
    );
  }
  if (masks && masks.length !== values.length) {
    throw new XaiError(
      'shape',
      `There are ${masks.length} mask pixels for ${values.length} map pixels: give one for each.`,
    );
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) {
      throw new XaiError(
        'not-finite',
        `Map pixel ${i} is ${values[i]}: look for NaN or infinity in the images or weights.`,
      );
    }
    if (masks && masks[i] !== 0 && masks[i] !== 1) {
      throw new XaiError('data', `Mask pixel ${i} is ${masks[i]}; masks are 0 or 1.`);
    }
  }
}
