import { describeValue } from '@pcam/options';
import { checkDataset, type Dataset, readPatches } from '@pcam/pcam-data';
import { yieldToEvents } from '@pcam/training';
import type { Attribution } from '@pcam/xai';
import { type Tensor3D, type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { checkOptions, EvaluationError } from './errors.js';

/** Some patches of a data set with their maps. */
export interface MappedBatch {
  /** `[n, height, width]`, raw and signed; disposed of once the next batch is asked for. */
  readonly maps: Tensor3D;
  /** The same numbers. */
  readonly values: Float32Array;
  /** RGB bytes, `[n, height, width, 3]`. */
  readonly images: Uint8Array;
  /** 0 or 1, `[n]`. */
  readonly labels: Uint8Array;
  /** 0 or 1, `[n, height, width]`, where the data set has masks. */
  readonly masks?: Uint8Array;
  /** Places in the data set, `[n]`. */
  readonly index: Int32Array;
}

/** How the maps of a data set are made. */
export interface MappingOptions {
  /** Patches at a time. Default 32. */
  readonly batchSize?: number | undefined;
  /** Hears how many patches are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The maps of a whole data set, in order, some patches at a time: no more than a batch of them is held.
 *
 * @param attribute from images `[B, H, W, 3]` in [0, 1] to maps `[B, H, W]`, raw and signed; it runs in a `tidy`.
 * @throws EvaluationError `maps` where `attribute` gives anything but finite maps of its images, `option` for a batch
 *   size or an attribution that is none.
 * @throws Error for what is no data set, or one whose `read` gives other patches than were asked for; the signal's
 *   reason, once it is aborted.
 */
export function mappedBatches(
  dataset: Dataset,
  attribute: Attribution,
  options: MappingOptions = {},
): AsyncGenerator<MappedBatch, void, undefined> {
  checkOptions<MappingOptions>('mappedBatches', options, { batchSize: true, onProgress: true, signal: true });
  checkDataset('mappedBatches', dataset);
  checkAttribute('mappedBatches', attribute);
  return streamMaps('mappedBatches', dataset, attribute, options);
}

/** @throws EvaluationError `option` for what is no function. */
export function checkAttribute(where: string, attribute: Attribution): void {
  if (typeof attribute === 'function') return;
  throw new EvaluationError(
    'option',
    `${where}: attribute must be a function of images, (x) => gradCam(model, x), got ${describeValue(attribute)}`,
  );
}

/** @param where what was called, for errors. */
export async function* streamMaps(
  where: string,
  dataset: Dataset,
  attribute: Attribution,
  { batchSize = 32, onProgress, signal }: MappingOptions,
): AsyncGenerator<MappedBatch, void, undefined> {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new EvaluationError('option', `${where}: batchSize must be a positive integer, got ${batchSize}`);
  }
  const { length, height, width } = dataset;
  for (let first = 0; first < length; first += batchSize) {
    signal?.throwIfAborted();
    const index = Int32Array.from({ length: Math.min(batchSize, length - first) }, (_, i) => first + i);
    const { images, labels, masks } = await readPatches(dataset, index);
    const input = imageTensor(images, [index.length, height, width]);
    let maps: Tensor3D;
    try {
      maps = tidy(() => checkedMaps(where, attribute(input), input));
    } finally {
      input.dispose();
    }
    try {
      const values = (await maps.data()) as Float32Array;
      checkFinite(where, values, dataset, first);
      yield { maps, values, images, labels, index, ...(masks && { masks }) };
    } finally {
      maps.dispose();
    }
    onProgress?.(first + index.length, length);
    await yieldToEvents();
  }
}

/** Bytes to images in [0, 1], as models take them. @param images RGB, `[n, height, width, 3]`. */
function imageTensor(
  images: Uint8Array,
  [n, height, width]: readonly [n: number, height: number, width: number],
): Tensor4D {
  return tensor4d(
    Float32Array.from(images, (byte) => byte / 255),
    [n, height, width, 3],
  );
}

/** Images `[n, H, W, 3]` in [0, 1] of a data set. @param index their places, `[n]`. */
export async function imagesAt(dataset: Dataset, index: ArrayLike<number>): Promise<Tensor4D> {
  const { images } = await dataset.read(index);
  return imageTensor(images, [index.length, dataset.height, dataset.width]);
}

function checkedMaps(where: string, maps: Tensor3D, images: Tensor4D): Tensor3D {
  const wanted = images.shape.slice(0, 3);
  const shape = maps?.shape as readonly number[] | undefined;
  if (shape?.length === 3 && shape.every((size, i) => size === wanted[i])) return maps;
  throw new EvaluationError(
    'maps',
    `${where}: attribute gave ${describeValue(maps)} for images [${images.shape.join(', ')}]; expected maps [${wanted.join(', ')}]`,
  );
}

function checkFinite(
  where: string,
  values: Float32Array,
  { name, height, width }: Dataset,
  first: number,
): void {
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  const patch = first + Math.floor(wrong / (height * width));
  throw new EvaluationError(
    'maps',
    `${where}: the map of patch ${patch} of ${name} holds ${values[wrong]}; look for NaN or infinity in the patch or in the model's weights`,
  );
}
