import { overlay } from '@pcam/xai/display';
import { checkCount, checkLength, checkOptions } from './errors.js';
import { enlarge, OUTLINES, outlineCentre, outlineMask, type Picture, toPicture } from './picture.js';

/** Screen pixels per pixel of a patch. */
const SCALE = 3;

/** One patch, to be shown in a row. */
export interface PatchPictures {
  readonly patch: Picture;
  /** The attribution map over it. */
  readonly map: Picture;
  /** Outlines of the true mask (green) and, where there is one, of the predicted mask (yellow dashes). */
  readonly mask?: Picture;
}

/** Patches to be shown together. */
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
  /** Side in pixels of the region that the label speaks of; drawn on patches that are larger. */
  readonly centre?: number | undefined;
}

/**
 * Patches, their maps on one colour scale, and outlines of masks, three screen pixels a pixel.
 *
 * @throws FigureError where an array's length does not fit.
 */
export function drawPatches(patches: MappedPatches): Pictures {
  checkOptions<MappedPatches>('drawPatches', patches, {
    height: true,
    width: true,
    images: true,
    maps: true,
    masks: true,
    predicted: true,
    centre: true,
  });
  const { height, width, images, maps, masks, predicted } = patches;
  checkCount('drawPatches: height', height);
  checkCount('drawPatches: width', width);
  const pixels = height * width;
  const n = Math.round((images?.length ?? 0) / (3 * pixels));
  checkLength('drawPatches: images', images, [n, height, width, 3]);
  for (const [name, values] of Object.entries({ maps, masks, predicted })) {
    if (values || name === 'maps') checkLength(`drawPatches: ${name}`, values, [n, height, width]);
  }
  const range = sharedRange(maps);
  const centre =
    patches.centre !== undefined && patches.centre < Math.min(height, width) ? patches.centre : undefined;
  const pictures = Array.from({ length: n }, (_, i): PatchPictures => {
    const part = <T extends Uint8Array | Float32Array>(all: T) =>
      all.subarray(i * pixels, (i + 1) * pixels) as T;
    const rgb = images.subarray(i * pixels * 3, (i + 1) * pixels * 3);
    const plain = (): Picture => enlarge(toPicture(rgb, width, height), SCALE);
    const patch = plain();
    if (centre) outlineCentre(patch, centre * SCALE);
    const map = enlarge({ data: overlay(rgb, part(maps), { range }), width, height }, SCALE);
    if (!masks && !predicted) return { patch, map };
    const mask = plain();
    if (masks) outlineMask(mask, part(masks), SCALE, OUTLINES.truth);
    if (predicted) outlineMask(mask, part(predicted), SCALE, OUTLINES.predicted, { dashed: true });
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
