/**
 * The 8 symmetries of the square, numbered 0–7: `k & 3` quarter turns counter-clockwise,
 * after a left–right flip where `k & 4`.
 */
export const DIHEDRAL_ORDER = 8;

/** The symmetry that undoes `k`: turns turn back, the four reflections undo themselves. */
export function inverseDihedral(k: number): number {
  return k < 4 ? (4 - k) % 4 : k;
}

/** Where the pixels of a moved patch come from: pixel (y, x) from `rows[y] + columns[x]`. */
export interface Gather {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/**
 * The exact move of a patch: symmetry `k`, then a shift of its content by (dy, dx) pixels
 * with the edges reflected (without repeating the edge pixel). Where height ≠ width, `k`
 * must be one of the 4 symmetries that keep the shape (even).
 */
export function gather(height: number, width: number, k: number, dy: number, dx: number): Gather {
  const rows = Int32Array.from({ length: height }, (_, y) => reflect(y - dy, height));
  const columns = Int32Array.from({ length: width }, (_, x) => reflect(x - dx, width));
  // Each step below says where its output's (y, x) lies in its input, last step first.
  const turns = k & 3;
  const last = { y: height - 1, x: width - 1 };
  const flip = (x: number): number => (k & 4 ? last.x - x : x);
  if (turns === 0) return lines(rows, (y) => y * width, columns, flip);
  if (turns === 2)
    return lines(
      rows,
      (y) => (last.y - y) * width,
      columns,
      (x) => flip(last.x - x),
    );
  // A quarter turn: output (y, x) is input (x, last - y); three quarters: (last - x, y).
  if (turns === 1)
    return lines(
      rows,
      (y) => flip(last.x - y),
      columns,
      (x) => x * width,
    );
  return lines(
    rows,
    (y) => flip(y),
    columns,
    (x) => (last.y - x) * width,
  );
}

function lines(
  rows: Int32Array,
  row: (y: number) => number,
  columns: Int32Array,
  column: (x: number) => number,
): Gather {
  return { rows: rows.map(row), columns: columns.map(column) };
}

/** Mirrors a coordinate into [0, size), whatever its distance: … 2 1 | 0 1 2 … */
export function reflect(at: number, size: number): number {
  if (at >= 0 && at < size) return at;
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const folded = ((at % period) + period) % period;
  return folded < size ? folded : period - folded;
}
