import { join } from 'node:path';
import { UsageError } from '@pcam/cli';
import { mappedBatches } from '@pcam/evaluation';
import { type ContactPatch, contactSheet } from '@pcam/figures';
import { replaceFile } from '@pcam/files';
import { isPartlyTumorous, withinImage } from '@pcam/metrics';
import { subset } from '@pcam/pcam-data';
import type { Data, MaskedSet } from './data.js';
import { mapsOf } from './maps.js';
import { type NetworkOptions, networkOf } from './networks.js';

/** Rows of a sheet. */
const SHOWN = 8;

interface PictureOptions extends NetworkOptions {
  readonly settings: readonly string[];
  readonly seeds: readonly number[];
  readonly sets?: readonly string[] | undefined;
}

/**
 * A sheet for each masked set: partly tumorous patches from the best to the worst of the last setting's maps, evenly
 * chosen by the average precision within them, with the maps (one view) of all settings, of the first seed.
 *
 * @returns the paths written. @throws UsageError where there is no such set.
 */
export async function writePictures(data: Data, options: PictureOptions): Promise<string[]> {
  const { sets, out } = options;
  const chosen = data.masked.filter(({ name }) => !sets || sets.includes(name));
  if (chosen.length === 0) {
    throw new UsageError(`no masked set to draw: give --masked, and of it ${sets?.join(', ') ?? 'any'}`);
  }
  const written: string[] = [];
  for (const set of chosen) {
    const path = join(out, `maps-${set.name.replaceAll(/[^\w.-]+/g, '-')}.png`);
    replaceFile(path, await sheetOf(set, data, options));
    written.push(path);
  }
  return written;
}

async function sheetOf({ name, dataset }: MaskedSet, data: Data, options: PictureOptions): Promise<Buffer> {
  const { height, width } = dataset;
  const pixels = height * width;
  const partly: number[] = [];
  for (const i of dataset.labels.keys()) {
    if (isPartlyTumorous((await dataset.read([i])).masks!)) partly.push(i);
  }
  if (partly.length === 0) throw new UsageError(`masked set ${name} has no partly tumorous patch to draw`);
  const { images, masks } = await dataset.read(partly);
  const of = <T extends Uint8Array | Float32Array>(all: T, i: number, channels = 1): T =>
    all.subarray(i * pixels * channels, (i + 1) * pixels * channels) as T;
  const maps: Record<string, Float32Array> = {};
  for (const setting of options.settings) {
    const network = await networkOf({ setting, seed: options.seeds[0]! }, data, options);
    const values = new Float32Array(partly.length * pixels);
    for await (const batch of mappedBatches(subset(dataset, partly), mapsOf(network, 'plain'))) {
      values.set(batch.values, batch.index[0]! * pixels);
    }
    maps[setting] = values;
    network.model.dispose();
  }
  const ap = (setting: string, i: number): number =>
    withinImage(of(maps[setting]!, i), of(masks!, i))!.averagePrecision;
  const last = options.settings.at(-1)!;
  const ranked = [...partly.keys()].sort((a, b) => ap(last, b) - ap(last, a));
  const rows = Math.min(SHOWN, ranked.length);
  const patches = Array.from({ length: rows }, (_, row): ContactPatch => {
    const i = ranked[Math.round((row * (ranked.length - 1)) / Math.max(1, rows - 1))]!;
    return {
      image: of(images, i, 3),
      mask: of(masks!, i),
      maps: Object.fromEntries(options.settings.map((setting) => [setting, of(maps[setting]!, i)])),
      captions: Object.fromEntries(options.settings.map((setting) => [setting, ap(setting, i).toFixed(2)])),
    };
  });
  return contactSheet({ patches, height, width });
}
