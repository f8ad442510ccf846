import type { ColorMap } from './color-map.js';

/** The values at the two ends of the colour map. Values beyond take the end's colour. */
export type Range = readonly [low: number, high: number];

/**
 * The range to show maps in: for a diverging map symmetric about zero, else from the least
 * to the greatest value. Give several maps at once to show them on one scale.
 * @throws Error for values that are not finite.
 */
export function displayRange(values: ArrayLike<number>, { diverging }: Pick<ColorMap, 'diverging'>): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value))
      throw new Error(`The map holds ${value} at index ${i}: only finite maps are shown.`);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (values.length === 0) return [0, 0];
  if (!diverging) return [low, high];
  const reach = Math.max(Math.abs(low), Math.abs(high));
  return [-reach, reach];
}

export function checkRange([low, high]: Range): void {
  if (Number.isFinite(low) && Number.isFinite(high) && low <= high) return;
  throw new Error(`The range is [${low}, ${high}]; expected two finite numbers, the lower first.`);
}

/**
 * Values to [0, 1] within a range, for display only: scaling every map by itself throws away
 * what makes maps comparable. Where the range is a single value, as for an all-zero map,
 * everything is at 0.5 of a diverging map (neutral) and at 0 otherwise.
 */
export function normalize(
  values: ArrayLike<number>,
  range: Range,
  { diverging }: Pick<ColorMap, 'diverging'>,
): Float32Array {
  checkRange(range);
  const [low, high] = range;
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value))
      throw new Error(`The map holds ${value} at index ${i}: only finite maps are shown.`);
    if (high > low) out[i] = Math.min(Math.max((value - low) / (high - low), 0), 1);
    else out[i] = diverging ? 0.5 : 0;
  }
  return out;
}
