/** Bytes of one row of a packed panel: eight floats. */
export const PACKED_ROW = 32;

/** Bytes that a packed matrix takes. */
export function packedBytes(rows: number, columns: number): number {
  return Math.ceil(columns / 8) * rows * PACKED_ROW;
}

/**
 * Packs a matrix [rows, columns] into panels of eight columns, each panel row by row, so that the
 * product reads it from front to back. Columns past the last are left as they are: never read.
 *
 * @param at gives the index in `source` of element (row, 0); `step` leads from column to column.
 * @param target index in floats
 */
export function packPanels(
  source: Float32Array,
  at: (row: number) => number,
  step: number,
  heap: Float32Array,
  target: number,
  rows: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    let from = at(row);
    for (let column = 0; column < columns; column += 8) {
      const to = target + (column * rows + row * 8);
      const width = Math.min(8, columns - column);
      for (let j = 0; j < width; j++, from += step) heap[to + j] = source[from]!;
    }
  }
}
