import { checkOptions } from '../check-options.js';
import { XaiError } from '../errors.js';
import { checkValues } from './check-values.js';
import type { ColorMap } from './color-map.js';

/** The values at the two ends of the colour map. Values beyond take the end's colour. */
export type Range = readonly [low: number, high: number];

/** A `ColorMap` may be given as it is. */
export interface DisplayRangeOptions {
  /** Whether zero is to lie in the middle, as the colour map 'diverging' has it. Default true, as that map is. */
  readonly diverging?: boolean;
}

/**
 * The range to show maps in: for a diverging map symmetric about zero, else from the least
 * to the greatest value. Give several maps at once to show them on one scale.
 * @throws XaiError for values that are not finite.
 * @example const range = displayRange(await maps.data()); // of all maps of a batch
 */
export function displayRange(values: ArrayLike<number>, options: DisplayRangeOptions = {}): Range {
  check('displayRange', values, options);
  return ownRange(values, options.diverging ?? true);
}

/** As {@link displayRange}, of values that were checked to be a list. */
export function ownRange(values: ArrayLike<number>, diverging: boolean): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = finite(values, i);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (values.length === 0) return [0, 0];
  if (!diverging) return [low, high];
  const reach = Math.max(Math.abs(low), Math.abs(high));
  return [-reach, reach];
}

export function checkRange(range: Range): void {
  const [low, high] = Array.isArray(range) ? (range as Range) : [];
  if (Number.isFinite(low) && Number.isFinite(high) && low! <= high!) return;
  const got = Array.isArray(range) ? `[${range.join(', ')}]` : range;
  throw new XaiError('option', `The range is ${got}; expected two finite numbers, [low, high].`);
}

/**
 * Values to [0, 1] within a range, for display only: scaling every map by itself throws away
 * what makes maps comparable. Where the range is a single value, as for an all-zero map,
 * everything is at 0.5 of a diverging map (neutral, the default) and at 0 otherwise.
 */
export function normalize(
  values: ArrayLike<number>,
  range: Range,
  options: DisplayRangeOptions = {},
): Float32Array {
  check('normalize', values, options);
  checkRange(range);
  const { diverging = true } = options;
  const [low, high] = range;
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = finite(values, i);
    if (high > low) out[i] = Math.min(Math.max((value - low) / (high - low), 0), 1);
    else out[i] = diverging ? 0.5 : 0;
  }
  return out;
}

function check(where: string, values: ArrayLike<number>, options: DisplayRangeOptions): void {
  const known = { name: true, diverging: true, table: true } as const;
  const hints = { colorMap: 'give diverging: true or false' };
  checkOptions<ColorMap>(where, options as ColorMap, known, hints);
  checkValues(`${where}: the map`, values);
}

function finite(values: ArrayLike<number>, index: number): number {
  const value = values[index]!;
  if (Number.isFinite(value)) return value;
  throw new XaiError('not-finite', `The map holds ${value} at index ${index}: only finite maps are shown.`);
}
