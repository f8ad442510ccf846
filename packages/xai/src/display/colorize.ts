import { checkOptions } from '../check-options.js';
import { XaiError } from '../errors.js';
import { checkValues } from './check-values.js';
import { type ColorMap, type ColorMapName, colorMap } from './color-map.js';
import { type ImageValues, imageBytes } from './image-bytes.js';
import { normalize, ownRange, type Range } from './range.js';

/** One map in row order, `[H, W]`: as `await map.data()` gives it, or plain numbers. */
export type MapValues = ArrayLike<number>;

/** Of {@link colorize}. */
export interface ColorizeOptions {
  /** Default 'diverging', whose middle is zero in the default range. */
  readonly colorMap?: ColorMapName | ColorMap;
  /** Default: the map's own (see `displayRange`). Give one range to images that are to be compared. */
  readonly range?: Range;
}

/** Of {@link overlay}. */
export interface OverlayOptions extends ColorizeOptions {
  /** Opacity of the strongest values, in [0, 1]. Default 0.6. */
  readonly alpha?: number;
  /**
   * Whether opacity falls with the distance from the neutral colour (zero, or the low end of a
   * sequential map), so that the image shows where the map says nothing. Default true.
   */
  readonly fade?: boolean;
}

const NAMES_ELSEWHERE = {
  cmap: "did you mean 'colorMap'?",
  opacity: "did you mean 'alpha'?",
  vmin: 'give range: [low, high]',
  vmax: 'give range: [low, high]',
} as const;

/**
 * Colours a map.
 * @returns RGBA bytes `[H, W, 4]`, opaque, as ImageData takes them.
 * @throws XaiError for a map that is no flat list of finite numbers, an unknown option or colour map.
 */
export function colorize(map: MapValues, options: ColorizeOptions = {}): Uint8ClampedArray<ArrayBuffer> {
  checkOptions<ColorizeOptions>('colorize', options, { colorMap: true, range: true }, NAMES_ELSEWHERE);
  checkValues('colorize: the map', map);
  const { colors, places } = resolve(map, options);
  const out = new Uint8ClampedArray(4 * map.length);
  for (let i = 0; i < map.length; i++) {
    const entry = entryAt(colors, places[i]!);
    for (let c = 0; c < 3; c++) out[4 * i + c] = colors.table[entry + c]!;
    out[4 * i + 3] = 255;
  }
  return out;
}

/**
 * Lays a coloured map over its image. The image keeps its own colours: on stained tissue a map
 * over a greyed image is easier to read but hides what the eye needs.
 * @param image `[H, W]` (grey), `[H, W, 3]` or an opaque `[H, W, 4]`; see {@link ImageValues} for bytes and floats.
 * @param map `[H, W]`, of the image's size.
 * @returns RGBA bytes `[H, W, 4]`, opaque.
 * @throws XaiError as `colorize`; for an image of another size, or with values that are neither bytes nor in [0, 1].
 */
export function overlay(
  image: ImageValues,
  map: MapValues,
  options: OverlayOptions = {},
): Uint8ClampedArray<ArrayBuffer> {
  const known = { colorMap: true, range: true, alpha: true, fade: true } as const;
  checkOptions<OverlayOptions>('overlay', options, known, NAMES_ELSEWHERE);
  const { alpha = 0.6, fade = true } = options;
  if (!(alpha >= 0 && alpha <= 1))
    throw new XaiError('option', `overlay: alpha is ${alpha}; expected 0 to 1.`);
  checkValues('overlay: the map', map);
  const imageAt = imageBytes(image, map.length);
  const { colors, places } = resolve(map, options);
  const out = new Uint8ClampedArray(4 * map.length);
  for (let i = 0; i < map.length; i++) {
    const place = places[i]!;
    // A diverging colour pales towards neutral too; the root keeps middling values from fading twice.
    const strength = colors.diverging ? Math.sqrt(Math.abs(2 * place - 1)) : place;
    const opacity = alpha * (fade ? strength : 1);
    const entry = entryAt(colors, place);
    for (let c = 0; c < 3; c++) {
      out[4 * i + c] = (1 - opacity) * imageAt(i, c) + opacity * colors.table[entry + c]!;
    }
    out[4 * i + 3] = 255;
  }
  return out;
}

function resolve(map: MapValues, options: ColorizeOptions): { colors: ColorMap; places: Float32Array } {
  const colors = colorMap(options.colorMap ?? 'diverging');
  const range = options.range ?? ownRange(map, colors.diverging);
  return { colors, places: normalize(map, range, colors) };
}

/** Where the colour of a place in [0, 1] starts in the table. */
export function entryAt({ table }: ColorMap, place: number): number {
  return 3 * Math.round(place * (table.length / 3 - 1));
}
