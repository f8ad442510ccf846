import { checkOptions } from './errors.js';

/** Pixels of a picture, `[height, width, 4]`. */
export interface Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** What outlines are drawn in, in every figure. */
export const OUTLINES: Readonly<Record<'centre' | 'truth' | 'predicted', Colour>> = {
  /** The region that the label speaks of. */
  centre: [255, 255, 255],
  truth: [20, 220, 60],
  predicted: [255, 225, 0],
};

/** An opaque picture of bytes. @param values `[height, width, 3]` or `[height, width, 4]`. */
export function toPicture(values: ArrayLike<number>, width: number, height: number): Picture {
  const pixels = width * height;
  const channels = values.length / pixels;
  const data = new Uint8ClampedArray(pixels * 4).fill(255);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) data[i * 4 + c] = values[i * channels + c]!;
  }
  return { data, width, height };
}

/** Each pixel becomes `factor`² pixels, so that lines drawn afterwards are thinner than a pixel of the patch. */
export function enlarge({ data, width, height }: Picture, factor: number): Picture {
  const wide = width * factor;
  const result = new Uint8ClampedArray(wide * height * factor * 4);
  for (let y = 0; y < height * factor; y++) {
    const row = Math.floor(y / factor) * width;
    for (let x = 0; x < wide; x++) {
      const from = (row + Math.floor(x / factor)) * 4;
      result.set(data.subarray(from, from + 4), (y * wide + x) * 4);
    }
  }
  return { data: result, width: wide, height: height * factor };
}

/** Screen pixels from one dash to the next. */
const DASH = 16;

/** Between white dashes, so that a line shows on pale tissue and on dark. */
const DARK: Colour = [30, 30, 36];

/** The outline of the PCam label's region, the centre `side`×`side` pixels of the picture, in dashes, two pixels wide. */
export function outlineCentre(picture: Picture, side: number, colour: Colour = OUTLINES.centre): void {
  const { width, height } = picture;
  const [top, left] = [Math.round((height - side) / 2), Math.round((width - side) / 2)];
  for (let i = 0; i < side; i++) {
    const dash = i % DASH < DASH / 2 ? colour : DARK;
    for (const inward of [0, 1]) {
      put(picture, left + i, top + inward, dash);
      put(picture, left + i, top + side - 1 - inward, dash);
      put(picture, left + inward, top + i, dash);
      put(picture, left + side - 1 - inward, top + i, dash);
    }
  }
}

/** How an outline is drawn. */
export interface OutlineOptions {
  /** Screen pixels. Default 2. */
  readonly width?: number;
  /** Dashes let an outline below show between them. Default false. */
  readonly dashed?: boolean;
}

/**
 * The inner boundary of a mask, drawn on a picture that was enlarged by `factor`. The patch's edge is one too, so that
 * a patch that is all tumour has an outline.
 *
 * @param mask 0 or 1, of the patch's size.
 */
export function outlineMask(
  picture: Picture,
  mask: ArrayLike<number>,
  factor: number,
  colour: Colour,
  options: OutlineOptions = {},
): void {
  checkOptions<OutlineOptions>('outlineMask', options, { width: true, dashed: true });
  const { width: line = 2, dashed = false } = options;
  const { width, height } = picture;
  const across = width / factor;
  const inside = (x: number, y: number): boolean =>
    x >= 0 &&
    y >= 0 &&
    x < width &&
    y < height &&
    mask[Math.floor(y / factor) * across + Math.floor(x / factor)] === 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!inside(x, y) || (dashed && (x + y) % DASH >= DASH / 2)) continue;
      const surrounded =
        inside(x - line, y) && inside(x + line, y) && inside(x, y - line) && inside(x, y + line);
      if (!surrounded) put(picture, x, y, colour);
    }
  }
}

function put({ data, width }: Picture, x: number, y: number, colour: Colour): void {
  data.set([...colour, 255], (y * width + x) * 4);
}
