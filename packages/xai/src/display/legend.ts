import { checkOptions } from '../check-options.js';
import { XaiError } from '../errors.js';
import { type ColorMap, type ColorMapName, colorMap } from './color-map.js';
import { entryAt } from './colorize.js';
import { checkRange, type Range } from './range.js';

/** Of {@link legend}. */
export interface LegendOptions {
  /** The values at the left and right end. */
  readonly range: Range;
  /** Default 'diverging'. */
  readonly colorMap?: ColorMapName | ColorMap;
  /** Pixels, at least 48. Default 192. */
  readonly width?: number;
  /** Pixels, at least 16. Default 28. */
  readonly height?: number;
}

/** Digits of 3×5 pixels, a row of three bits each. */
const glyphs: Readonly<Record<string, readonly number[]>> = {
  '0': [7, 5, 5, 5, 7],
  '1': [2, 6, 2, 2, 7],
  '2': [7, 1, 7, 4, 7],
  '3': [7, 1, 3, 1, 7],
  '4': [5, 5, 7, 1, 1],
  '5': [7, 4, 7, 1, 7],
  '6': [7, 4, 7, 5, 7],
  '7': [7, 1, 1, 2, 2],
  '8': [7, 5, 7, 5, 7],
  '9': [7, 5, 7, 1, 7],
  '-': [0, 0, 7, 0, 0],
  '.': [0, 0, 0, 0, 2],
  e: [0, 7, 7, 4, 7],
};
const ink = 51;

/**
 * A colour bar with the values of its ends and middle, on white, drawn without any font or
 * canvas so that it is the same everywhere.
 * @returns RGBA bytes `[height, width, 4]`: 192 pixels wide and 28 high where nothing else is said.
 * @throws XaiError for a range that is not two finite numbers, the lower first; for a size that holds no label.
 * @example new ImageData(legend({ range: [-1, 1] }), 192, 28)
 */
export function legend(options: LegendOptions): Uint8ClampedArray<ArrayBuffer> {
  const known = { range: true, colorMap: true, width: true, height: true } as const;
  checkOptions<LegendOptions>('legend', options, known, { size: 'give width and height' });
  const { range, width = 192, height = 28 } = options ?? {};
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 48 || height < 16) {
    throw new XaiError(
      'option',
      `A legend of ${width}×${height} pixels is too small: it needs whole pixels, at least 48×16.`,
    );
  }
  checkRange(range);
  const colors = colorMap(options.colorMap ?? 'diverging');
  const out = new Uint8ClampedArray(4 * width * height).fill(255);
  const paint = (x: number, y: number, red: number, green: number, blue: number): void => {
    if (x >= 0 && x < width) out.set([red, green, blue], 4 * (y * width + x));
  };

  const zoom = height >= 28 && width >= 120 ? 2 : 1;
  const text = 5 * zoom;
  const bar = height - text - 4 * zoom;
  for (let x = 0; x < width; x++) {
    const entry = entryAt(colors, x / (width - 1));
    const [red, green, blue] = colors.table.subarray(entry, entry + 3);
    for (let y = 0; y < bar; y++) paint(x, y, red!, green!, blue!);
  }

  const write = (value: number, place: number): void => {
    const label = shortNumber(value);
    const length = (4 * label.length - 1) * zoom;
    const centre = Math.round(place * (width - 1));
    for (let y = bar; y < bar + zoom; y++) paint(centre, y, ink, ink, ink);
    const left = Math.min(Math.max(Math.round(centre - length / 2), zoom), width - length - zoom);
    [...label].forEach((character, index) => {
      for (let y = 0; y < text; y++) {
        const row = glyphs[character]![Math.floor(y / zoom)]!;
        for (let x = 0; x < 3 * zoom; x++) {
          if (row & (4 >> Math.floor(x / zoom))) {
            paint(left + 4 * zoom * index + x, bar + 2 * zoom + y, ink, ink, ink);
          }
        }
      }
    });
  };
  write(range[0], 0);
  write(range[1], 1);
  if (width >= 120) write((range[0] + range[1]) / 2, 0.5);
  return out;
}

/** At most seven characters: two significant digits, with an exponent where that is shorter. */
function shortNumber(value: number): string {
  const digits = Number(value.toPrecision(2));
  if (digits === 0) return '0';
  const exponential = digits.toExponential().replace('+', '');
  const plain = String(digits);
  return plain.length <= exponential.length && !plain.includes('e') ? plain : exponential;
}
