import { colorize } from '@pcam/xai/display';
import { checkCount, checkLength, checkOptions, FigureError } from './errors.js';
import { sharedRange } from './patches.js';
import { enlarge, OUTLINES, outlineMask, type Picture, toPicture } from './picture.js';
import { sheetPng } from './png.js';

/** One row. All patches of a sheet have one size. */
export interface ContactPatch {
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

/** What a contact sheet shows. */
export interface ContactSheetOptions {
  readonly patches: readonly ContactPatch[];
  /** Pixels. */
  readonly height: number;
  readonly width: number;
  /** Screen pixels a pixel; 2 by default. */
  readonly zoom?: number;
  /** Heads of the columns: patch, truth, unconstrained, constrained, cut. */
  readonly titles?: readonly [string, string, string, string, string];
}

const TITLES = ['patch', 'true outline', 'unconstrained', 'constrained', 'cut from it'] as const;
const ARRAYS = [
  'image',
  'mask',
  'unconstrained',
  'constrained',
  'predicted',
] as const satisfies readonly (keyof ContactPatch)[];
const GAP = 6;
const HEAD = 26;

/**
 * Patches in rows, with what is true and what two networks say. All maps of a column share one range, symmetric
 * about zero, to the 99th percentile of their magnitudes; between columns it differs, since how steep two networks
 * are is nothing to compare.
 *
 * @returns a PNG of 5 × (width · zoom) by patches × (height · zoom) pixels, and gaps and heads.
 * @throws FigureError where there are no patches, or an array's length does not fit.
 */
export async function contactSheet(options: ContactSheetOptions): Promise<Buffer> {
  const { patches, height, width, zoom = 2, titles = TITLES } = options;
  check(options);
  const [wide, high] = [width * zoom, height * zoom];
  const ranges = {
    unconstrained: columnRange(patches.map(({ unconstrained }) => unconstrained)),
    constrained: columnRange(patches.map(({ constrained }) => constrained)),
  };
  return sheetPng({
    width: GAP + titles.length * (wide + GAP),
    height: HEAD + patches.length * (high + GAP),
    pictures: patches.flatMap((patch, row) =>
      picturesOf(patch, options, ranges).map((picture, column) => ({
        picture,
        left: GAP + column * (wide + GAP),
        top: HEAD + row * (high + GAP),
      })),
    ),
    texts: titles.map((text, column) => ({
      ...{ text, x: GAP + column * (wide + GAP) + wide / 2, y: 18 },
      ...{ size: 13, centred: true },
    })),
    palette: true,
  });
}

type Ranges = Readonly<Record<'unconstrained' | 'constrained', readonly [number, number]>>;

function picturesOf(
  patch: ContactPatch,
  { height, width, zoom = 2 }: ContactSheetOptions,
  ranges: Ranges,
): readonly Picture[] {
  const big = (values: ArrayLike<number>): Picture => enlarge(toPicture(values, width, height), zoom);
  const map = (name: keyof Ranges): Picture => big(colorize(patch[name], { range: ranges[name] }));
  // Thick enough to be seen where sheets are shown small.
  const line = { width: 3 };
  const truth = big(patch.image);
  outlineMask(truth, patch.mask, zoom, OUTLINES.truth, line);
  const cut = big(patch.image);
  outlineMask(cut, patch.predicted, zoom, OUTLINES.predicted, line);
  return [big(patch.image), truth, map('unconstrained'), map('constrained'), cut];
}

function columnRange(maps: readonly ArrayLike<number>[]): readonly [number, number] {
  return sharedRange(Float32Array.from(maps.flatMap((map) => Array.from(map))));
}

function check(options: ContactSheetOptions): void {
  checkOptions<ContactSheetOptions>('contact sheet', options, {
    patches: true,
    height: true,
    width: true,
    zoom: true,
    titles: true,
  });
  const { patches, height, width, zoom = 2 } = options;
  checkCount('contact sheet: zoom', zoom);
  if (!patches?.length) throw new FigureError('contact sheet: there are no patches to show');
  for (const [i, patch] of patches.entries()) {
    for (const name of ARRAYS) {
      const channels = name === 'image' ? [3] : [];
      checkLength(`contact sheet: ${name} of patch ${i}`, patch?.[name], [height, width, ...channels]);
    }
  }
}
