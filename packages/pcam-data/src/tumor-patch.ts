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
