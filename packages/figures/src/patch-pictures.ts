import { overlay } from '@pcam/xai/display';
import { enlarge, outlineCentre, outlineMask, type Picture, toPicture } from './draw.js';

/** Screen pixels per pixel of a patch. */
const SCALE = 3;
const CENTRE_COLOUR = [255, 255, 255];
const MASK_COLOUR = [20, 220, 60];
const PREDICTED_COLOUR = [255, 225, 0];

/** One patch, to be shown in a row. */
export interface PatchPictures {
  readonly patch: Picture;
  /** The attribution map over it. */
  readonly map: Picture;
  /** Outlines of the true mask (green) and, where there is one, of the predicted mask (yellow dashes). */
  readonly mask?: Picture;
}

export interface Pictures {
  /** In the order given. */
  readonly pictures: readonly PatchPictures[];
  /** The two ends of the colour scale that all maps share. */
  readonly range: readonly [number, number];
  /** Side of the label's region in pixels, where it is drawn. */
  readonly centre?: number;
}

/** Patches of one size in row order, one after another. */
export interface MappedPatches {
  readonly height: number;
  readonly width: number;
  /** RGB bytes, `[n, height, width, 3]`. */
  readonly images: Uint8Array;
  /** Raw and signed, `[n, height, width]`. */
  readonly maps: Float32Array;
  /** True masks, 0 or 1, `[n, height, width]`. */
  readonly masks?: Uint8Array | undefined;
  /** Masks cut from the maps, 0 or 1, `[n, height, width]`. */
  readonly predicted?: Uint8Array | undefined;
  /** Side in pixels of a square in the middle to outline, in patches that are larger. */
  readonly centre?: number | undefined;
}

/** Patches with their maps on one colour scale, and outlines of masks. */
export function drawPatches(patches: MappedPatches): Pictures {
  const { height, width, images, maps, masks, predicted } = patches;
  const pixels = height * width;
  const range = sharedRange(maps);
  const centre =
    patches.centre !== undefined && patches.centre < Math.min(height, width) ? patches.centre : undefined;
  const pictures = Array.from({ length: maps.length / pixels }, (_, i): PatchPictures => {
    const part = <T extends Uint8Array | Float32Array>(all: T) =>
      all.subarray(i * pixels, (i + 1) * pixels) as T;
    const rgb = images.subarray(i * pixels * 3, (i + 1) * pixels * 3);
    const plain = (): Picture => enlarge(toPicture(rgb, width, height), SCALE);
    const patch = plain();
    if (centre) outlineCentre(patch, centre * SCALE, CENTRE_COLOUR);
    const map = enlarge({ data: overlay(rgb, part(maps), { range }), width, height }, SCALE);
    if (!masks && !predicted) return { patch, map };
    const mask = plain();
    if (masks) outlineMask(mask, part(masks), SCALE, MASK_COLOUR);
    if (predicted) outlineMask(mask, part(predicted), SCALE, PREDICTED_COLOUR, 'dashed');
    return { patch, map, mask };
  });
  return { pictures, range, ...(centre && { centre }) };
}

/** Symmetric about zero, out to the 99th percentile of magnitudes, so that one hot pixel does not pale the rest. */
export function sharedRange(values: Float32Array): [number, number] {
  const magnitudes = values.map(Math.abs).sort();
  const reach = magnitudes[Math.floor(0.99 * (magnitudes.length - 1))] ?? 0;
  return [-reach, reach];
}
