import { takeEvenly } from '@pcam/pcam-data';
import type { UnlabelledDataset } from '@pcam/pcam-data/node';
import { type Attribution, overlay, segment } from '@pcam/xai';
import { eachMapped } from '../attribution/stream.js';
import { sharedRange } from '../gallery/pictures.js';
import { maskPng, toPng } from '../gallery/png.js';
import { npy } from './npy.js';

export interface WriteMapsOptions {
  readonly dataset: UnlabelledDataset;
  readonly attribute: Attribution;
  readonly batchSize: number;
  /** Whether the maps themselves are written, or their masks alone. */
  readonly maps: boolean;
  /** Where maps are cut; no masks without. */
  readonly threshold: number | undefined;
  readonly minimumArea: number;
  readonly write: (name: string, content: Uint8Array) => void;
  /** From place to the name of its files, without extension. */
  readonly nameOf: (place: number) => string;
}

/** Images whose maps settle the colour scale of all. */
const SCALE_OF = 64;

/**
 * A map and a mask an image: `maps/NAME.png`, over the image, `maps/NAME.npy`, raw, and `masks/NAME.png`.
 *
 * @returns the map values of the deepest blue and red, where maps are written.
 */
export async function writeMaps(options: WriteMapsOptions): Promise<readonly [number, number] | undefined> {
  const { dataset, attribute, batchSize, threshold, minimumArea, write, nameOf } = options;
  const { height, width } = dataset;
  const pixels = height * width;
  const range = options.maps ? await rangeOf(options) : undefined;
  await eachMapped(
    dataset,
    attribute,
    { batchSize, label: 'explaining' },
    async ({ maps, values, index, images }) => {
      const masks = threshold === undefined ? undefined : await segment(maps, { threshold, minimumArea });
      for (const [i, place] of index.entries()) {
        const name = nameOf(place);
        const map = values.slice(i * pixels, (i + 1) * pixels);
        if (range) {
          const rgb = images.subarray(i * pixels * 3, (i + 1) * pixels * 3);
          write(`maps/${name}.png`, await toPng({ data: overlay(rgb, map, { range }), width, height }));
          write(`maps/${name}.npy`, npy(map, [height, width]));
        }
        if (masks)
          write(
            `masks/${name}.png`,
            await maskPng(masks.subarray(i * pixels, (i + 1) * pixels), width, height),
          );
      }
    },
  );
  return range;
}

/** One colour scale for all images, so that they can be compared. */
async function rangeOf({
  dataset,
  attribute,
  batchSize,
}: WriteMapsOptions): Promise<readonly [number, number]> {
  const some: number[] = [];
  const few = takeEvenly(dataset, SCALE_OF);
  await eachMapped(few, attribute, { batchSize, label: 'colour scale' }, ({ values }) => {
    for (const value of values) some.push(value);
  });
  return sharedRange(Float32Array.from(some));
}
