import { describeValue } from '@pcam/options';
import { XaiError } from './errors.js';

/**
 * Whether a pixel lies in the square in the middle of a patch that its label speaks of, or anywhere in a smaller patch.
 *
 * @param size of the patch.
 * @param centre the square's side in pixels.
 */
export function centreSquare(
  size: readonly [height: number, width: number],
  centre: number,
): (y: number, x: number) => boolean {
  const [top, left] = size.map((side) => Math.floor((side - centre) / 2)) as [number, number];
  return (y, x) => y >= top && y < top + centre && x >= left && x < left + centre;
}

/** @throws XaiError `option` where the square's side is not told, or is none. @param where e.g. `labelThreshold`. */
export function checkCentre(where: string, centre: unknown): asserts centre is number {
  if (Number.isInteger(centre) && (centre as number) > 0) return;
  throw new XaiError(
    'option',
    `${where}: centre is ${describeValue(centre)}; give the side in pixels of the square that a label speaks of (centre: 32 for PCam).`,
  );
}
