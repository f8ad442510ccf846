/** Pixels of a picture, `[height, width, 4]`. */
export interface Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** @param rgb `[height, width, 3]` in 0..255. */
export function toPicture(rgb: ArrayLike<number>, width: number, height: number): Picture {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[i * 4 + c] = rgb[i * 3 + c]!;
  }
  return { data, width, height };
}

/** Screen pixels from one dash to the next. */
const DASH = 16;

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

/** Between white dashes, so that a line shows on pale tissue and on dark. */
const DARK = [30, 30, 36];

/** The outline of the PCam label's region, the centre `side`×`side` pixels of the patch, in dashes, two pixels wide. */
export function outlineCentre(picture: Picture, side: number, colour: readonly number[]): void {
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

/**
 * The inner boundary of a mask, drawn on a picture that was enlarged by `factor`.
 * @param mask 0 or 1, of the patch's size. @param line dashes let an outline below show between them.
 */
export function outlineMask(
  picture: Picture,
  mask: ArrayLike<number>,
  factor: number,
  colour: readonly number[],
  line: 'solid' | 'dashed' = 'solid',
): void {
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
      if (!inside(x, y) || (line === 'dashed' && (x + y) % DASH >= DASH / 2)) continue;
      const surrounded = inside(x - 2, y) && inside(x + 2, y) && inside(x, y - 2) && inside(x, y + 2);
      if (!surrounded) put(picture, x, y, colour);
    }
  }
}

function put({ data, width }: Picture, x: number, y: number, [r, g, b]: readonly number[]): void {
  data.set([r!, g!, b!, 255], (y * width + x) * 4);
}
