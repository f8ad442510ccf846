import { createHash } from 'node:crypto';
import type { Dataset } from '../dataset.js';
import { centreLabel } from '../pcam.js';
import type { OnProgress } from './progress.js';

/** Bytes of images and masks read at a time. */
const BLOCK_BYTES = 4 << 20;

/** What reading every patch of a split tells. */
export interface PatchesFound {
  /** Patches whose mask shows tumour. */
  withTumour: number;
  /** Patches whose label is not that of their mask's centre. */
  disagree: number;
  /** Patches whose `tumor_patch` is not that of their mask. */
  patchDisagree: number;
  /** Indices of the patches of a single colour, by colour: `r, g, b`. */
  readonly singleColour: Map<string, number[]>;
  /** A hash of each patch's pixels; 0 where they are of a single colour. */
  readonly hashes: BigUint64Array;
}

/** Reads every patch once, a few MiB at a time. @throws DataError where one cannot be read. */
export async function readPatches(dataset: Dataset, onProgress?: OnProgress): Promise<PatchesFound> {
  const { length, height, width, tumorPatch } = dataset;
  const pixels = height * width;
  const found: PatchesFound = {
    withTumour: 0,
    disagree: 0,
    patchDisagree: 0,
    singleColour: new Map(),
    hashes: new BigUint64Array(length),
  };
  const step = Math.max(1, Math.floor(BLOCK_BYTES / (pixels * 4)));
  for (let start = 0; start < length; start += step) {
    const count = Math.min(step, length - start);
    const { images, masks, labels } = await dataset.read(Array.from({ length: count }, (_, k) => start + k));
    onProgress?.({ task: `read ${dataset.name}`, done: start + count, total: length, unit: 'patches' });
    for (let k = 0; k < count; k++) {
      lookAt(images.subarray(k * pixels * 3, (k + 1) * pixels * 3), start + k, found);
      if (!masks) continue;
      const mask = masks.subarray(k * pixels, (k + 1) * pixels);
      const tumour = mask.includes(1);
      if (tumour) found.withTumour++;
      if (tumorPatch && Number(tumour) !== tumorPatch[start + k]) found.patchDisagree++;
      if (centreLabel(mask, height, width) !== labels[k]) found.disagree++;
    }
  }
  return found;
}

function lookAt(image: Uint8Array, index: number, found: PatchesFound): void {
  // An ordinary patch tells within a few pixels.
  if (image.every((value, i) => value === image[i % 3])) {
    const colour = image.subarray(0, 3).join(', ');
    const patches = found.singleColour.get(colour);
    if (patches) patches.push(index);
    else found.singleColour.set(colour, [index]);
    return;
  }
  found.hashes[index] = createHash('sha1').update(image).digest().readBigUInt64LE();
}

/** e.g. `3 patches are of a single colour: 2 of (0, 0, 0), patches 1, 4; 1 of (255, 255, 255), patch 7`. */
export function singleColourNote(found: PatchesFound['singleColour']): string | undefined {
  const colours = [...found].sort(([, a], [, b]) => b.length - a.length);
  if (colours.length === 0) return undefined;
  const all = colours.reduce((n, [, patches]) => n + patches.length, 0);
  const told = colours
    .slice(0, 3)
    .map(
      ([colour, patches]) =>
        `${patches.length} of (${colour}), ${patches.length === 1 ? 'patch' : 'patches'} ${firstFew(patches)}`,
    );
  const more = colours.length > 3 ? `; ${colours.length - 3} other colours` : '';
  return `${all} ${all === 1 ? 'patch is' : 'patches are'} of a single colour: ${told.join('; ')}${more}`;
}

const firstFew = (patches: readonly number[]): string =>
  `${patches.slice(0, 5).join(', ')}${patches.length > 5 ? ', …' : ''}`;
