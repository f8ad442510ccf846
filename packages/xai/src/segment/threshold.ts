import type { KnownKeys } from '@pcam/options';
import { checkOneOf, checkOptions } from '../check-options.js';
import { checkValues } from '../display/check-values.js';
import type { MapValues } from '../display/colorize.js';
import { XaiError } from '../errors.js';
import { type MapHistogram, mapHistogram } from './map-histogram.js';
import { bestF1, otsu, quantile } from './threshold-rules.js';

/** How {@link chooseMapThreshold} chooses. */
export type MapThresholdOptions =
  /** Parts the pixels into two groups as far apart as can be, without masks (Otsu 1979). */
  | { readonly method: 'otsu' }
  /** Leaves the share `quantile` of the pixels below, without masks. */
  | { readonly method: 'quantile'; readonly quantile: number }
  /** Highest pooled F1 (= Dice) on masks: those of a validation set, never of what is evaluated. */
  | { readonly method: 'bestF1'; readonly masks?: ArrayLike<number> };

type Method = MapThresholdOptions['method'];
type Keys = { readonly [Key in Method]: KnownKeys<Extract<MapThresholdOptions, { method: Key }>> };
const KEYS: Keys = {
  otsu: { method: true },
  quantile: { method: true, quantile: true },
  bestF1: { method: true, masks: true },
};

/** The methods of {@link chooseMapThreshold}; {@link MapThresholdOptions} tells what each does. */
export const mapThresholdMethods: readonly MapThresholdOptions['method'][] = /* @__PURE__ */ Object.keys(
  KEYS,
) as Method[];

/**
 * One threshold for a whole data set, from the raw values of all its pixels pooled: maps are never
 * scaled one by one, which would find "tumour" in each image. It lies midway in the gap between the
 * values that it parts.
 *
 * @param maps raw values of all maps, or a {@link mapHistogram} that they were added to batch by batch
 *   (with masks, for `bestF1`). Smooth first where segmenting smooths.
 * @returns pixels at or above it count as tumour; finite, a float32 number.
 * @throws XaiError where there are no pixels, all are alike (otsu), masks are missing or empty (bestF1), or
 *   the quantile is not between 0 and 1.
 */
export function chooseMapThreshold(maps: MapValues | MapHistogram, options: MapThresholdOptions): number {
  const pooled = typeof maps === 'object' && maps !== null && 'levels' in maps;
  checkMethod(options, pooled);
  if (!pooled) checkValues('chooseMapThreshold: maps', maps);
  const histogram = pooled ? maps : histogramOf(maps, options);
  if (histogram.length === 0) throw new XaiError('data', 'There are no pixels to choose a threshold from.');
  switch (options.method) {
    case 'otsu':
      return otsu(histogram.levels());
    case 'quantile':
      return quantile(histogram.levels(), options.quantile);
    case 'bestF1':
      if (!histogram.hasMasks)
        throw new XaiError('data', "The threshold 'bestF1' needs masks: give them, or choose 'otsu'.");
      return bestF1(histogram.levels());
  }
}

function checkMethod(options: MapThresholdOptions, pooled: boolean): void {
  checkOneOf('chooseMapThreshold: method', options?.method, mapThresholdMethods);
  checkOptions<object>(`chooseMapThreshold by '${options.method}'`, options, KEYS[options.method]);
  if (pooled && options.method === 'bestF1' && options.masks !== undefined) {
    throw new XaiError(
      'option',
      'chooseMapThreshold: a histogram has masks of its own; give them to its update.',
    );
  }
}

function histogramOf(maps: MapValues, options: MapThresholdOptions): MapHistogram {
  const histogram = mapHistogram();
  histogram.update(maps, options.method === 'bestF1' ? options.masks : undefined);
  return histogram;
}
