import { mappedBatches } from '@pcam/evaluation';
import { drawPatches, type PatchPictures, type Pictures, sheet } from '@pcam/figures';
import { CENTRE, type Dataset, subset } from '@pcam/pcam-data';
import type { Attribution } from '@pcam/xai';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { type Example, OUTCOMES, type Outcome } from './select-examples.js';

interface Panel extends Example, PatchPictures {
  /** Place in the data set. */
  readonly index: number;
}

export interface Gallery extends Omit<Pictures, 'pictures'> {
  readonly panels: readonly Panel[];
  /** How the maps were made, for people. */
  readonly method: string;
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

export interface GalleryOptions extends Omit<PicturesOptions, 'index'> {
  readonly examples: readonly Example[];
  /** From place in the predictions to place in the data set. */
  readonly index: ArrayLike<number>;
  readonly method: string;
}

/** Attribution maps of the examples, on one colour scale, over their patches and beside their masks. */
export async function makeGallery({ examples, method, ...options }: GalleryOptions): Promise<Gallery> {
  const index = examples.map(({ position }) => options.index[position]!);
  const { pictures, ...shared } = await pictureExamples({ ...options, index });
  const panels = examples.map((example, i) => ({ ...example, ...pictures[i]!, index: index[i]! }));
  return { panels, method, ...shared };
}

/** Some patches of a data set with their maps and masks, in the order asked for. */
export async function pictureExamples(options: PicturesOptions): Promise<Pictures> {
  const { dataset, index, attribute, batchSize, cut } = options;
  const { height, width, hasMasks } = dataset;
  const pixels = index.length * height * width;
  const images = new Uint8Array(pixels * 3);
  const maps = new Float32Array(pixels);
  const masks = hasMasks ? new Uint8Array(pixels) : undefined;
  const predicted = cut && new Uint8Array(pixels);
  for await (const batch of mappedBatches(subset(dataset, index), attribute, { batchSize })) {
    const at = batch.index[0]! * height * width;
    images.set(batch.images, at * 3);
    maps.set(batch.values, at);
    if (batch.masks) masks?.set(batch.masks, at);
    if (cut) predicted?.set(await cut(batch.maps), at);
  }
  return drawPatches({ height, width, images, maps, masks, predicted, centre: CENTRE });
}

const TITLES: Record<Outcome, string> = {
  tp: 'true positives: tumour, found',
  fn: 'false negatives: tumour, missed',
  fp: 'false positives: no tumour, flagged',
  tn: 'true negatives: no tumour, left alone',
};

/** All panels on one sheet, a row (or more) an outcome. @returns a PNG. */
export async function gallerySheet({ panels }: Gallery, probabilities: ArrayLike<number>): Promise<Buffer> {
  return sheet(
    OUTCOMES.map((outcome) => {
      const members = panels
        .filter((panel) => panel.outcome === outcome)
        .map((panel) => ({
          ...panel,
          caption: `patch ${panel.index} · p = ${probabilities[panel.position]!.toFixed(3)}`,
        }));
      return { title: `${TITLES[outcome]}${members.length === 0 ? ': none' : ''}`, members };
    }),
  );
}
