import { checkOptions, expectThat } from '../check-options.js';
import { checkValues } from '../display/check-values.js';
import { XaiError } from '../errors.js';
import { checkSize } from './check-labelled-maps.js';

/** Of {@link removeSmallObjects}. */
export interface SmallObjectsOptions {
  /** Height and width of the masks. */
  readonly size: readonly [height: number, width: number];
  /** In pixels; components of at least this many stay. */
  readonly minimumArea: number;
  /** Whether pixels that touch at a corner belong together (8) or only those that share a side (4). Default 8. */
  readonly connectivity?: 4 | 8;
}

/**
 * Clears the connected components of fewer than `minimumArea` pixels.
 *
 * @param mask 0 or 1: one mask `[height, width]` or several in a row, `[B, height, width]`, each by itself.
 * @returns a new mask of the same length.
 * @throws XaiError for a mask that does not fill whole images.
 */
export function removeSmallObjects(mask: ArrayLike<number>, options: SmallObjectsOptions): Uint8Array {
  const known = { size: true, minimumArea: true, connectivity: true } as const;
  checkOptions<SmallObjectsOptions>('removeSmallObjects', options, known);
  const { size, minimumArea, connectivity = 8 } = options ?? {};
  checkSize('removeSmallObjects', size);
  const [height, width] = size;
  checkValues('removeSmallObjects: mask', mask);
  const pixels = height * width;
  if (mask.length % pixels !== 0) {
    throw new XaiError(
      'shape',
      `A mask of ${mask.length} pixels does not fill images of ${height}×${width}.`,
    );
  }
  checkSmallObjects(minimumArea, connectivity);
  const kept = Uint8Array.from(mask);
  const seen = new Uint8Array(mask.length);
  const members = new Int32Array(pixels);
  for (let start = 0; start < mask.length; start++) {
    if (kept[start] === 0 || seen[start] === 1) continue;
    const area = fill(start, { kept, seen, members, height, width, connectivity });
    if (area < minimumArea) for (let i = 0; i < area; i++) kept[members[i]!] = 0;
  }
  return kept;
}

/** @throws XaiError for an area that is no number of pixels, or a connectivity that is neither 4 nor 8. */
export function checkSmallObjects(minimumArea: number, connectivity: number): void {
  const fits = typeof minimumArea === 'number' && minimumArea >= 0;
  expectThat(fits, 'minimumArea', minimumArea, 'a number of pixels from 0 on');
  if (connectivity !== 4 && connectivity !== 8) {
    throw new XaiError(
      'option',
      `connectivity is ${connectivity}; expected 4 (sides) or 8 (sides and corners).`,
    );
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
