import type { Model } from '@pcam/models';
import type { Dataset } from '@pcam/pcam-data';
import { gradCam, inBatches, overlay } from '@pcam/xai';
import { tensor4d } from '@tensorflow/tfjs-core';
import { enlarge, outlineCentre, outlineMask, type Picture, toPicture } from './draw.js';
import type { Example } from './select.js';

/** Screen pixels per pixel of a patch. */
const SCALE = 3;
const CENTRE_COLOUR = [255, 255, 255];
const MASK_COLOUR = [20, 220, 60];

export interface Panel extends Example {
  /** Place in the data set. */
  readonly index: number;
  readonly patch: Picture;
  readonly map: Picture;
  readonly mask?: Picture;
}

export interface Gallery {
  readonly panels: readonly Panel[];
  /** The two ends of the colour scale that all maps share. */
  readonly range: readonly [number, number];
  readonly layer: string;
  /** Side of the label's region in pixels, where it is drawn. */
  readonly centre?: number;
}

export interface GalleryOptions {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly examples: readonly Example[];
  /** From place in the predictions to place in the data set. */
  readonly index: ArrayLike<number>;
  readonly layer?: string;
  readonly batchSize: number;
}

/** Grad-CAM maps of the examples, on one colour scale, over their patches and beside their masks. */
export async function makeGallery(options: GalleryOptions): Promise<Gallery> {
  const { model, dataset, examples, batchSize } = options;
  const { height, width } = dataset;
  const layer = options.layer ?? model.layers.at(-1)!.name;
  const index = examples.map(({ position }) => options.index[position]!);
  const { images, masks } = await dataset.read(index);
  const maps = await attributions(model, images, [examples.length, height, width], layer, batchSize);
  const range = sharedRange(maps);
  const centre = Math.min(height, width) > 32 ? 32 : undefined;
  const pixels = height * width;
  const panels = examples.map((example, i): Panel => {
    const rgb = images.subarray(i * pixels * 3, (i + 1) * pixels * 3);
    const map = overlay(rgb, maps.subarray(i * pixels, (i + 1) * pixels), { range });
    const patch = enlarge(toPicture(rgb, width, height), SCALE);
    if (centre) outlineCentre(patch, centre * SCALE, CENTRE_COLOUR);
    const panel = { ...example, index: index[i]!, patch, map: enlarge({ data: map, width, height }, SCALE) };
    if (!masks) return panel;
    const mask = enlarge(toPicture(rgb, width, height), SCALE);
    outlineMask(mask, masks.subarray(i * pixels, (i + 1) * pixels), SCALE, MASK_COLOUR);
    return { ...panel, mask };
  });
  return { panels, range, layer, ...(centre && { centre }) };
}

/** @returns raw signed maps, `[n, height, width]`. */
async function attributions(
  model: Model,
  images: Uint8Array,
  [n, height, width]: readonly [number, number, number],
  layer: string,
  batchSize: number,
): Promise<Float32Array> {
  const input = tensor4d(
    Float32Array.from(images, (byte) => byte / 255),
    [n, height, width, 3],
  );
  const maps = await inBatches(input, (batch) => gradCam(model, batch, { layer }), { batchSize });
  const values = (await maps.data()) as Float32Array;
  input.dispose();
  maps.dispose();
  return values;
}

/** Symmetric about zero, out to the 99th percentile of magnitudes, so that one hot pixel does not pale the rest. */
function sharedRange(values: Float32Array): [number, number] {
  const magnitudes = values.map(Math.abs).sort();
  const reach = magnitudes[Math.floor(0.99 * (magnitudes.length - 1))] ?? 0;
  return [-reach, reach];
}
