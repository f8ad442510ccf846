import { readFile } from 'node:fs/promises';
import { parseCsv } from './csv.js';
import { DataError, fileError } from './errors.js';

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
 * Reads a meta CSV of `length` patches.
 * @throws DataError missing-file, bad-metadata, length-mismatch.
 */
export async function readMetadata(path: string, length: number): Promise<PatchMetadata> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(error, path, 'read');
  });
  const [header = [], ...rows] = parseCsv(text);
  const at = COLUMNS.map((column) => {
    const k = header.findIndex((h) => h.trim() === column);
    if (k >= 0) return k;
    throw new DataError(
      'bad-metadata',
      `${path} has no column "${column}"; its columns are ${header.join(', ')}`,
    );
  });
  if (rows.length !== length)
    throw new DataError(
      'length-mismatch',
      `${path} describes ${rows.length} patches, but the split has ${length}`,
    );
  const field = (row: number, column: number): string => {
    const value = rows[row]![at[column]!]?.trim();
    if (value) return value;
    throw new DataError('bad-metadata', `${path}, line ${row + 2}: "${COLUMNS[column]}" is missing`);
  };
  const parse = (column: number, row: number, values: Record<string, number> | RegExp): number => {
    const text = field(row, column);
    const value =
      values instanceof RegExp ? (values.test(text) ? Number(text) : Number.NaN) : values[text.toLowerCase()];
    if (value !== undefined && !Number.isNaN(value)) return value;
    throw new DataError('bad-metadata', `${path}, line ${row + 2}: "${COLUMNS[column]}" is "${text}"`);
  };
  const whole = /^-?\d+(\.0+)?$/;
  const booleans = { true: 1, false: 0, '1': 1, '0': 0 };
  // One string a slide, not one a patch: the train split has 262,144 rows.
  const slides = new Map<string, string>();
  const slide = (name: string): string => {
    if (!slides.has(name)) slides.set(name, name);
    return slides.get(name)!;
  };
  return {
    coordY: Int32Array.from(rows, (_, i) => parse(0, i, whole)),
    coordX: Int32Array.from(rows, (_, i) => parse(1, i, whole)),
    tumorPatch: Uint8Array.from(rows, (_, i) => parse(2, i, booleans)),
    centerTumorPatch: Uint8Array.from(rows, (_, i) => parse(3, i, booleans)),
    wsi: rows.map((_, i) => slide(field(i, 4))),
  };
}
