import { checkKeys } from '@pcam/options';
import { checkValues } from '../display/check-values.js';

export interface SmallObjectsOptions {
  /** Whether pixels that touch at a corner belong together (8) or only those that share a side (4). Default 8. */
  readonly connectivity?: 4 | 8;
}

/**
 * Clears the connected components of fewer than `minimumArea` pixels.
 *
 * @param mask 0 or 1: one mask `[height, width]` or several in a row, `[B, height, width]`, each by itself.
 * @param minimumArea in pixels; components of at least this many stay.
 * @returns a new mask of the same length.
 * @throws Error for a mask that does not fill whole images.
 */
export function removeSmallObjects(
  mask: ArrayLike<number>,
  height: number,
  width: number,
  minimumArea: number,
  options: SmallObjectsOptions = {},
): Uint8Array {
  checkKeys<SmallObjectsOptions>('removeSmallObjects', options, { connectivity: true });
  const { connectivity = 8 } = options;
  checkValues('removeSmallObjects: mask', mask);
  const pixels = height * width;
  if (!(pixels > 0 && mask.length % pixels === 0)) {
    throw new Error(`A mask of ${mask.length} pixels does not fill images of ${height}×${width}.`);
  }
  checkSmallObjects(minimumArea, connectivity);
  const kept = Uint8Array.from(mask);
  const seen = new Uint8Array(mask.length);
  const members = new Int32Array(pixels);
  for (let start = 0; start < mask.length; start++) {
    if (kept[start] === 0 || seen[start] === 1) continue;
    const size = fill(start, { kept, seen, members, height, width, connectivity });
    if (size < minimumArea) for (let i = 0; i < size; i++) kept[members[i]!] = 0;
  }
  return kept;
}

/** @throws Error for an area that is no number of pixels, or a connectivity that is neither 4 nor 8. */
export function checkSmallObjects(minimumArea: number, connectivity: number): void {
  if (!(minimumArea >= 0)) {
    throw new Error(`minimumArea is ${minimumArea}; expected a number of pixels from 0 on.`);
  }
  if (connectivity !== 4 && connectivity !== 8) {
    throw new Error(`connectivity is ${connectivity}; expected 4 (sides) or 8 (sides and corners).`);
  }
}

interface Fill {
  readonly kept: Uint8Array;
  readonly seen: Uint8Array;
  readonly members: Int32Array;
  readonly height: number;
  readonly width: number;
  readonly connectivity: 4 | 8;
}

/** Collects the component of a pixel in `members` and marks it seen. @returns its size. */
function fill(start: number, { kept, seen, members, height, width, connectivity }: Fill): number {
  const first = start - (start % (height * width));
  let size = 0;
  const visit = (place: number): void => {
    if (kept[place] === 0 || seen[place] === 1) return;
    seen[place] = 1;
    members[size++] = place;
  };
  visit(start);
  for (let next = 0; next < size; next++) {
    const y = Math.floor((members[next]! - first) / width);
    const x = (members[next]! - first) % width;
    for (let dy = -1; dy <= 1; dy++) {
      if (y + dy < 0 || y + dy >= height) continue;
      for (let dx = -1; dx <= 1; dx++) {
        if (x + dx < 0 || x + dx >= width) continue;
        if (connectivity === 4 && dy !== 0 && dx !== 0) continue;
        visit(first + (y + dy) * width + x + dx);
      }
    }
  }
  return size;
}
