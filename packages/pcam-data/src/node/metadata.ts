import { parseBinary, readColumns } from './csv.js';
import { DataError } from './errors.js';

/** The official meta CSV, by column, one entry a patch. */
export interface PatchMetadata {
  /** Top left corner of the patch in its slide, in pixels of the slide's finest level. */
  readonly coordY: Int32Array;
  readonly coordX: Int32Array;
  /** 1 where any pixel of the patch is tumour, 0 where none is. */
  readonly tumorPatch: Uint8Array;
  /** 1 where any pixel of its centre 32×32 is tumour: PCam's label. */
  readonly centerTumorPatch: Uint8Array;
  /** The slide, e.g. `camelyon16_train_tumor_070`. */
  readonly wsi: readonly string[];
}

const COLUMNS = ['coord_y', 'coord_x', 'tumor_patch', 'center_tumor_patch', 'wsi'] as const;

/**
 * Reads a meta CSV of `length` patches, packed with gzip or not.
 * @throws DataError missing-file, truncated, corrupt, bad-metadata, length-mismatch.
 */
export async function readMetadata(path: string, length: number): Promise<PatchMetadata> {
  const rows = await readColumns(path, COLUMNS);
  if (rows.length !== length)
    throw new DataError(
      'length-mismatch',
      `${path} describes ${rows.length} patches, but the split has ${length}`,
    );
  const field = (row: number, column: number): string => {
    const { line, cells } = rows[row]!;
    if (cells[column]) return cells[column];
    throw new DataError('bad-metadata', `${path}, line ${line}: "${COLUMNS[column]}" is missing`);
  };
  const parse = (column: number, row: number, parseCell: (cell: string) => number | undefined): number => {
    const cell = field(row, column);
    const value = parseCell(cell);
    if (value !== undefined) return value;
    throw new DataError(
      'bad-metadata',
      `${path}, line ${rows[row]!.line}: "${COLUMNS[column]}" is "${cell}"`,
    );
  };
  const parseWhole = (cell: string): number | undefined =>
    /^-?\d+(\.0*)?$/.test(cell) ? Number(cell) : undefined;
  // One string a slide, not one a patch: the train split has 262,144 rows.
  const slides = new Map<string, string>();
  const slide = (name: string): string => {
    if (!slides.has(name)) slides.set(name, name);
    return slides.get(name)!;
  };
  return {
    coordY: Int32Array.from(rows, (_, i) => parse(0, i, parseWhole)),
    coordX: Int32Array.from(rows, (_, i) => parse(1, i, parseWhole)),
    tumorPatch: Uint8Array.from(rows, (_, i) => parse(2, i, parseBinary)),
    centerTumorPatch: Uint8Array.from(rows, (_, i) => parse(3, i, parseBinary)),
    wsi: rows.map((_, i) => slide(field(i, 4))),
  };
}
