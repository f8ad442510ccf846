import { createTaskProgress } from '@pcam/cli';
import { mappedBatches } from '@pcam/evaluation';
import { maskPng, sharedRange, toPng } from '@pcam/figures';
import { type Dataset, takeEvenly } from '@pcam/pcam-data';
import type { UnlabelledDataset } from '@pcam/pcam-data/node';
import { type Attribution, overlay, segment } from '@pcam/xai';
import { npy } from '../formats.js';

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
  const { dataset, threshold, minimumArea, write, nameOf } = options;
  const { height, width } = dataset;
  const pixels = height * width;
  const range = options.maps ? await rangeOf(options) : undefined;
  for await (const { maps, values, index, images } of mapped('explaining', dataset, options)) {
    const masks = threshold === undefined ? undefined : await segment(maps, { threshold, minimumArea });
    for (const [i, place] of index.entries()) {
      const name = nameOf(place);
      const map = values.slice(i * pixels, (i + 1) * pixels);
      if (range) {
        const rgb = images.subarray(i * pixels * 3, (i + 1) * pixels * 3);
        write(`maps/${name}.png`, await toPng({ data: overlay(rgb, map, { range }), width, height }));
        write(`maps/${name}.npy`, npy(map, [height, width]));
      }
      if (masks) {
        const mask = masks.subarray(i * pixels, (i + 1) * pixels);
        write(`masks/${name}.png`, await maskPng(mask, width, height));
      }
    }
  }
  return range;
}

/** One colour scale for all images, so that they can be compared. */
async function rangeOf(options: WriteMapsOptions): Promise<readonly [number, number]> {
  const some: number[] = [];
  for await (const { values } of mapped('colour scale', takeEvenly(options.dataset, SCALE_OF), options)) {
    for (const value of values) some.push(value);
  }
  return sharedRange(Float32Array.from(some));
}

/** The maps of a data set, with progress on stderr. */
function mapped(task: string, dataset: Dataset, { attribute, batchSize }: WriteMapsOptions) {
  const progress = createTaskProgress();
  const onProgress = (done: number, total: number): void =>
    progress.report({ task, done, total, unit: 'patches' });
  return mappedBatches(dataset, attribute, { batchSize, onProgress });
}
