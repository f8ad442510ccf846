/** Pixels in row order, RGBA. */
export interface Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** @param values bytes `[height, width, 3]` or `[height, width, 4]`. */
export function toPicture(values: ArrayLike<number>, height: number, width: number): Picture {
  const pixels = height * width;
  const channels = values.length / pixels;
  const data = new Uint8ClampedArray(4 * pixels).fill(255);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = values[channels * i + c]!;
  }
  return { data, width, height };
}

/** Each pixel becomes `zoom`² pixels, so that a line drawn afterwards is thinner than a pixel of the patch. */
export function enlarge({ data, width, height }: Picture, zoom: number): Picture {
  const wide = width * zoom;
  const out = new Uint8ClampedArray(4 * wide * height * zoom);
  for (let y = 0; y < height * zoom; y++) {
    for (let x = 0; x < wide; x++) {
      const from = 4 * (Math.floor(y / zoom) * width + Math.floor(x / zoom));
      out.set(data.subarray(from, from + 4), 4 * (y * wide + x));
    }
  }
  return { data: out, width: wide, height: height * zoom };
}

/** Screen pixels. */
const LINE = 3;

/**
 * Draws a mask's inner boundary. The patch's edge is one too, so that a patch that is all tumour has an outline.
 *
 * @param mask 0 or 1, of the patch before it was enlarged by `zoom`.
 */
export function outline(
  { data, width, height }: Picture,
  mask: ArrayLike<number>,
  zoom: number,
  colour: readonly [number, number, number],
): void {
  const across = width / zoom;
  const inside = (x: number, y: number): boolean =>
    x >= 0 &&
    y >= 0 &&
    x < width &&
    y < height &&
    mask[Math.floor(y / zoom) * across + Math.floor(x / zoom)] === 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!inside(x, y)) continue;
      if (inside(x - LINE, y) && inside(x + LINE, y) && inside(x, y - LINE) && inside(x, y + LINE)) continue;
      data.set([...colour, 255], 4 * (y * width + x));
    }
  }
}
