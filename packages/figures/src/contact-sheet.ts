import { colorize } from '@pcam/xai/display';
import { checkCount, checkLength, checkOptions, FigureError } from './errors.js';
import { sharedRange } from './patches.js';
import { enlarge, OUTLINES, outlineMask, type Picture, toPicture } from './picture.js';
import { sheetPng } from './png.js';

/** One row. All patches of a sheet have one size, and maps by the same names. */
export interface ContactPatch {
  /** RGB bytes `[height, width, 3]`. */
  readonly image: Uint8Array;
  /** 0 or 1, `[height, width]`. */
  readonly mask: ArrayLike<number>;
  /** Attribution maps `[height, width]`, raw and signed, by the heads of their columns. */
  readonly maps: Readonly<Record<string, ArrayLike<number>>>;
  /** What stands below a map, by the same names. */
  readonly captions?: Readonly<Record<string, string>>;
}

/** What a contact sheet shows. */
export interface ContactSheetOptions {
  readonly patches: readonly ContactPatch[];
  /** Pixels. */
  readonly height: number;
  readonly width: number;
  /** Screen pixels a pixel; 2 by default. */
  readonly zoom?: number;
}

/** Columns before those of the maps. */
const TITLES = ['patch', 'true outline'] as const;
const GAP = 6;
const HEAD = 26;
const CAPTION = 18;

/**
 * Patches in rows, with what is true and what some networks say. All maps of a column share one range, symmetric
 * about zero, to the 99th percentile of their magnitudes; between columns it differs, since how steep two networks
 * are is nothing to compare.
 *
 * @returns a PNG of (2 + maps) × (width · zoom) by patches × (height · zoom) pixels, and gaps, heads and captions.
 * @throws FigureError where there are no patches, or an array's length does not fit.
 */
export async function contactSheet(options: ContactSheetOptions): Promise<Buffer> {
  const { patches, height, width, zoom = 2 } = options;
  check(options);
  const columns = Object.keys(patches[0]!.maps);
  const titles = [...TITLES, ...columns];
  const [wide, high] = [width * zoom, height * zoom];
  const row = high + GAP + (patches.some(({ captions }) => captions) ? CAPTION : 0);
  const ranges = columns.map((name) => columnRange(patches.map(({ maps }) => maps[name]!)));
  const middle = (column: number): number => GAP + column * (wide + GAP) + wide / 2;
  return sheetPng({
    width: GAP + titles.length * (wide + GAP),
    height: HEAD + patches.length * row,
    pictures: patches.flatMap((patch, i) =>
      picturesOf(patch, options, ranges).map((picture, column) => ({
        picture,
        left: GAP + column * (wide + GAP),
        top: HEAD + i * row,
      })),
    ),
    texts: [
      ...titles.map((text, column) => ({ text, x: middle(column), y: 18, size: 13, centred: true })),
      ...patches.flatMap(({ captions = {} }, i) =>
        columns.flatMap((name, k) => {
          const text = captions[name];
          const [x, y] = [middle(TITLES.length + k), HEAD + i * row + high + 14];
          return text === undefined ? [] : [{ text, x, y, size: 12, centred: true }];
        }),
      ),
    ],
    palette: true,
  });
}

function picturesOf(
  { image, mask, maps }: ContactPatch,
  { height, width, zoom = 2 }: ContactSheetOptions,
  ranges: readonly (readonly [number, number])[],
): readonly Picture[] {
  const big = (values: ArrayLike<number>): Picture => enlarge(toPicture(values, width, height), zoom);
  const truth = big(image);
  // Thick enough to be seen where sheets are shown small.
  outlineMask(truth, mask, zoom, OUTLINES.truth, { width: 3 });
  const drawn = Object.values(maps).map((map, k) => big(colorize(map, { range: ranges[k]! })));
  return [big(image), truth, ...drawn];
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
  });
  const { patches, height, width, zoom = 2 } = options;
  checkCount('contact sheet: zoom', zoom);
  if (!patches?.length) throw new FigureError('contact sheet: there are no patches to show');
  const columns = Object.keys(patches[0]?.maps ?? {});
  for (const [i, patch] of patches.entries()) {
    checkLength(`contact sheet: image of patch ${i}`, patch?.image, [height, width, 3]);
    checkLength(`contact sheet: mask of patch ${i}`, patch?.mask, [height, width]);
    const names = Object.keys(patch?.maps ?? {});
    if (names.join() !== columns.join()) {
      throw new FigureError(
        `contact sheet: patch ${i} has the maps ${names.join(', ') || 'none'}, patch 0 ${columns.join(', ') || 'none'}; give the same in the same order`,
      );
    }
    for (const name of columns) {
      checkLength(`contact sheet: ${name} of patch ${i}`, patch.maps[name], [height, width]);
    }
  }
}
