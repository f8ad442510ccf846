/** Value of a pixel where a slide holds no tissue, in [0, 1]: white, the light through bare glass. */
export const GLASS = 1;

/**
 * Side in pixels of the square in the middle of a patch of which PCam's label speaks: a patch is positive where at
 * least one pixel of its centre 32×32 is tumour. Tumour beside it does not count, so a negative patch may hold some
 * (Veeling et al. 2018, arXiv:1806.03962).
 */
export const CENTRE = 32;

/** Rows `top` to `bottom - 1`, columns `left` to `right - 1`, in pixels from the top left. */
export interface Square {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Where the centre lies in a patch of this size: one pixel nearer to the top left where it cannot lie in the
 * middle, and the whole of a side that is shorter.
 */
export function centreSquare(height: number, width: number): Square {
  const [top, bottom] = middle(height);
  const [left, right] = middle(width);
  return { top, bottom, left, right };
}

function middle(side: number): readonly [first: number, end: number] {
  const first = Math.max(0, Math.floor((side - CENTRE) / 2));
  return [first, Math.min(side, first + CENTRE)];
}

/** PCam's label rule: 1 where any pixel of the centre is tumour. @param mask 0 or 1, `[height, width]`. */
export function centreLabel(mask: Uint8Array, height: number, width: number = height): 0 | 1 {
  const { top, bottom, left, right } = centreSquare(height, width);
  for (let y = top; y < bottom; y++) {
    if (mask.subarray(y * width + left, y * width + right).some((value) => value !== 0)) return 1;
  }
  return 0;
}

/**
 * PCam's `tumor_patch`, from masks: 1 where any pixel of the whole patch is tumour, not only one in the centre
 * 32×32, which makes the label.
 *
 * @param masks 0 or 1, `[n, height, width]`.
 * @param n how many masks there are.
 */
export function tumorPatchOf(masks: Uint8Array, n: number): Uint8Array {
  const pixels = masks.length / n;
  return Uint8Array.from({ length: n }, (_, i) =>
    masks.subarray(i * pixels, (i + 1) * pixels).includes(1) ? 1 : 0,
  );
}
