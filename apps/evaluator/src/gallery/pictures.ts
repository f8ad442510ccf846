import { CENTRE, type Dataset } from '@pcam/pcam-data';
import { type Attribution, overlay } from '@pcam/xai';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { mapsOfPatches } from '../attribution/stream.js';
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
  /** In the order asked for. */
  readonly pictures: readonly PatchPictures[];
  /** The two ends of the colour scale that all maps share. */
  readonly range: readonly [number, number];
  /** Side of the label's region in pixels, where it is drawn. */
  readonly centre?: number;
}

export interface PicturesOptions {
  readonly dataset: Dataset;
  /** Places in the data set. */
  readonly index: readonly number[];
  readonly attribute: Attribution;
  readonly batchSize: number;
  /** From maps to the masks predicted of them, `[n, height, width]`. */
  readonly cut?: ((maps: Tensor3D) => Promise<Uint8Array>) | undefined;
}

/** Patches with their maps on one colour scale, and outlines of masks. */
export async function drawPatches(options: PicturesOptions): Promise<Pictures> {
  const { dataset, index, attribute, batchSize, cut } = options;
  const { height, width } = dataset;
  if (index.length === 0) return { pictures: [], range: [0, 0] };
  const { images, masks } = await dataset.read(index);
  const maps = await mapsOfPatches(images, [index.length, height, width], attribute, batchSize);
  const values = (await maps.data()) as Float32Array;
  const predicted = await cut?.(maps);
  maps.dispose();
  const range = sharedRange(values);
  const centre = Math.min(height, width) > CENTRE ? CENTRE : undefined;
  const pixels = height * width;
  const pictures = index.map((_, i): PatchPictures => {
    const part = <T extends Uint8Array | Float32Array>(all: T) =>
      all.subarray(i * pixels, (i + 1) * pixels) as T;
    const rgb = images.subarray(i * pixels * 3, (i + 1) * pixels * 3);
    const plain = (): Picture => enlarge(toPicture(rgb, width, height), SCALE);
    const patch = plain();
    if (centre) outlineCentre(patch, centre * SCALE, CENTRE_COLOUR);
    const map = enlarge({ data: overlay(rgb, part(values), { range }), width, height }, SCALE);
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
