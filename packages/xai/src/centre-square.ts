/** Side of the square in the middle of a PCam patch whose content is the label. */
const CENTRE = 32;

/** Whether a pixel lies in the centre 32×32, or anywhere in a smaller patch. @param size of the patch. */
export function centreSquare(
  size: readonly [height: number, width: number],
): (y: number, x: number) => boolean {
  const [top, left] = size.map((side) => Math.floor((side - CENTRE) / 2)) as [number, number];
  return (y, x) => y >= top && y < top + CENTRE && x >= left && x < left + CENTRE;
}
