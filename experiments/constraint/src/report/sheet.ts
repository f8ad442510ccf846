import { colorize, colorMap, displayRange } from '@pcam/xai';
import sharp from 'sharp';
import { enlarge, outline, type Picture, toPicture } from './outline.js';

/** One row. All patches of a sheet have one size. */
export interface SheetPatch {
  /** RGB bytes `[height, width, 3]`. */
  readonly image: Uint8Array;
  /** 0 or 1, `[height, width]`. */
  readonly mask: ArrayLike<number>;
  /** Attribution maps `[height, width]`, raw and signed. */
  readonly unconstrained: ArrayLike<number>;
  readonly constrained: ArrayLike<number>;
  /** The mask cut from the constrained map, 0 or 1, `[height, width]`. */
  readonly predicted: ArrayLike<number>;
}

export interface SheetOptions {
  readonly patches: readonly SheetPatch[];
  /** Pixels. */
  readonly height: number;
  readonly width: number;
  /** Screen pixels a pixel; 2 by default. */
  readonly zoom?: number;
  /** Heads of the columns: patch, truth, unconstrained, constrained, cut. */
  readonly titles?: readonly [string, string, string, string, string];
}

const TITLES = ['patch', 'true outline', 'unconstrained', 'constrained', 'cut from it'] as const;
const GAP = 6;
const HEAD = 26;
const TRUE_COLOUR = [20, 220, 60] as const;
const PREDICTED_COLOUR = [255, 214, 0] as const;
/** Of the magnitudes of a column's values: one hot pixel must not pale the rest. */
const QUANTILE = 0.99;

/**
 * Patches in rows, with what is true and what two networks say. All maps of a column share one range, symmetric
 * about zero, to the 99th percentile of their magnitudes; between columns it differs, since how steep two networks
 * are is nothing to compare.
 *
 * @returns a PNG of 5 × (width · zoom) by patches × (height · zoom) pixels, and gaps and heads.
 * @throws Error where there are no patches, or an array's length does not fit.
 */
export async function contactSheet(options: SheetOptions): Promise<Buffer> {
  const { patches, height, width, zoom = 2, titles = TITLES } = options;
  check(options);
  const [wide, high] = [width * zoom, height * zoom];
  const ranges = {
    unconstrained: columnRange(patches.map(({ unconstrained }) => unconstrained)),
    constrained: columnRange(patches.map(({ constrained }) => constrained)),
  };
  const layers: {
    input: Buffer;
    raw: { width: number; height: number; channels: 4 };
    left: number;
    top: number;
  }[] = [];
  for (const [row, patch] of patches.entries()) {
    for (const [column, picture] of pictures(patch, options, ranges).entries()) {
      layers.push({
        input: Buffer.from(picture.data.buffer),
        raw: { width: picture.width, height: picture.height, channels: 4 },
        left: GAP + column * (wide + GAP),
        top: HEAD + row * (high + GAP),
      });
    }
  }
  const size = { width: GAP + titles.length * (wide + GAP), height: HEAD + patches.length * (high + GAP) };
  const heads = titles.map((title, column) => head(title, GAP + column * (wide + GAP) + wide / 2));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${HEAD}">${heads.join('')}</svg>`;
  return sharp({ create: { ...size, channels: 3, background: 'white' } })
    .composite([...layers, { input: Buffer.from(svg), left: 0, top: 0 }])
    .png({ compressionLevel: 9, palette: true, colours: 256, dither: 0 })
    .toBuffer();
}

type Ranges = Readonly<Record<'unconstrained' | 'constrained', readonly [number, number]>>;

function pictures(
  patch: SheetPatch,
  { height, width, zoom = 2 }: SheetOptions,
  ranges: Ranges,
): readonly Picture[] {
  const big = (values: ArrayLike<number>): Picture => enlarge(toPicture(values, height, width), zoom);
  const map = (name: keyof Ranges): Picture => big(colorize(patch[name], { range: ranges[name] }));
  const truth = big(patch.image);
  outline(truth, patch.mask, zoom, TRUE_COLOUR);
  const cut = big(patch.image);
  outline(cut, patch.predicted, zoom, PREDICTED_COLOUR);
  return [big(patch.image), truth, map('unconstrained'), map('constrained'), cut];
}

function columnRange(maps: readonly ArrayLike<number>[]): readonly [number, number] {
  const magnitudes = Float64Array.from(
    maps.flatMap((map) => Array.from(map)),
    Math.abs,
  ).sort();
  return displayRange([magnitudes[Math.floor(QUANTILE * (magnitudes.length - 1))]!], colorMap('diverging'));
}

function head(title: string, centre: number): string {
  return `<text x="${centre}" y="18" text-anchor="middle" font-family="DejaVu Sans, sans-serif" font-size="13" fill="#1c1c22">${escaped(title)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function check({ patches, height, width }: SheetOptions): void {
  if (patches.length === 0) throw new Error('contact sheet: there are no patches to show');
  for (const [i, patch] of patches.entries()) {
    for (const [name, values] of Object.entries(patch) as [keyof SheetPatch, ArrayLike<number>][]) {
      const wanted = height * width * (name === 'image' ? 3 : 1);
      if (values.length === wanted) continue;
      throw new Error(
        `contact sheet: ${name} of patch ${i} has ${values.length} values; ${height}×${width} needs ${wanted}`,
      );
    }
  }
}
