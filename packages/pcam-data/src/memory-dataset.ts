import { checkKeys } from '@pcam/options';
import { checkBits, checkDataset, checkImageBytes, checkMaskBytes, readPatches } from './check-dataset.js';
import type { Dataset, Patches } from './dataset.js';
import { tumorPatchOf } from './pcam.js';

/** The arrays of a data set that is held in memory. */
export interface MemoryArrays {
  /** RGB, `[n, height, width, 3]`. */
  readonly images: Uint8Array;
  /** 0 or 1, `[n]`. */
  readonly labels: ArrayLike<number>;
  /** 0 or 1, `[n, height, width]`. */
  readonly masks?: Uint8Array;
  /** 0 or 1, `[n]`: see {@link Dataset}; from the masks by default. */
  readonly tumorPatch?: ArrayLike<number>;
  /** The slide of each patch, `[n]`. */
  readonly slides?: readonly string[];
  /** Pixels. */
  readonly height: number;
  readonly width: number;
  /** For people and error messages; `memory` by default. */
  readonly name?: string;
}

/** A data set whose arrays can be handed to a worker (`createWorkerLoader`). */
export interface MemoryDataset extends Dataset {
  readonly arrays: MemoryArrays;
}

/**
 * A data set over arrays that are already in memory; they are used, not copied.
 *
 * @throws Error where images or masks are no bytes (RGB in [0, 1] is refused: as bytes it would be black), an array's
 *   length does not fit, a label or mask value is not 0 or 1, or an array is unknown.
 */
export function createMemoryDataset(arrays: MemoryArrays): MemoryDataset {
  checkKeys<MemoryArrays>('createMemoryDataset', arrays, {
    images: true,
    labels: true,
    masks: true,
    tumorPatch: true,
    slides: true,
    height: true,
    width: true,
    name: true,
  });
  const { images, masks, slides, height, width, name = 'memory' } = arrays;
  checkBits(`${name}: labels`, arrays.labels, arrays.labels?.length);
  const length = arrays.labels.length;
  const pixels = height * width;
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
    throw new Error(`${name}: height and width must be positive whole numbers, got ${height}×${width}`);
  }
  checkImageBytes(`${name}: images [${length}, ${height}, ${width}, 3]`, images, length * pixels);
  if (masks) checkMaskBytes(`${name}: masks [${length}, ${height}, ${width}]`, masks, length, pixels);
  if (arrays.tumorPatch) checkBits(`${name}: tumorPatch`, arrays.tumorPatch, length);
  if (slides && slides.length !== length)
    throw new Error(`${name}: ${slides.length} slides where ${length} are needed`);
  const labels = Uint8Array.from(arrays.labels);
  const tumorPatch = arrays.tumorPatch
    ? Uint8Array.from(arrays.tumorPatch)
    : masks && tumorPatchOf(masks, length);

  return {
    arrays,
    name,
    length,
    height,
    width,
    hasMasks: masks !== undefined,
    labels,
    ...(tumorPatch && { tumorPatch }),
    ...(slides && { slides }),
    async read(index: ArrayLike<number>): Promise<Patches> {
      const n = index.length;
      const out = {
        images: new Uint8Array(n * pixels * 3),
        labels: new Uint8Array(n),
        index: new Int32Array(n),
        ...(masks && { masks: new Uint8Array(n * pixels) }),
      };
      for (let k = 0; k < n; k++) {
        const i = index[k]!;
        checkIndex(i, length, name);
        out.images.set(images.subarray(i * pixels * 3, (i + 1) * pixels * 3), k * pixels * 3);
        if (masks) out.masks!.set(masks.subarray(i * pixels, (i + 1) * pixels), k * pixels);
        out.labels[k] = labels[i]!;
        out.index[k] = i;
      }
      return out;
    },
    async close(): Promise<void> {},
  };
}

/** Beyond this a flat cache on disk serves better than memory. */
const MEMORY_LIMIT = 2 ** 32;

/** Patches read at a time. */
const CHUNK = 256;

/**
 * Reads a whole data set into memory: for small ones that are slow to read (compressed,
 * image files, synthetic), and to hand any data set to worker threads. The pixels lie in
 * memory that threads can share, where there is such.
 *
 * @param onProgress hears how many of `dataset.length` patches are read.
 * @throws RangeError where the pixels need more than 4 GiB.
 */
export async function readIntoMemory(
  dataset: Dataset,
  onProgress?: (done: number, total: number) => void,
): Promise<MemoryDataset> {
  checkDataset('readIntoMemory', dataset);
  const { name, length, height, width, labels, tumorPatch, slides } = dataset;
  const pixels = height * width;
  if (length * pixels * 3 > MEMORY_LIMIT) {
    throw new RangeError(
      `${name}: ${length} patches need more than 4 GiB; make a flat cache (pcam-data prepare)`,
    );
  }
  const allocate = (bytes: number): Uint8Array =>
    typeof SharedArrayBuffer === 'undefined'
      ? new Uint8Array(bytes)
      : new Uint8Array(new SharedArrayBuffer(bytes));
  const images = allocate(length * pixels * 3);
  const masks = dataset.hasMasks ? allocate(length * pixels) : undefined;
  for (let start = 0; start < length; start += CHUNK) {
    const n = Math.min(CHUNK, length - start);
    const patches = await readPatches(
      dataset,
      Int32Array.from({ length: n }, (_, k) => start + k),
    );
    images.set(patches.images, start * pixels * 3);
    if (patches.masks) masks?.set(patches.masks, start * pixels);
    onProgress?.(start + n, length);
  }
  return createMemoryDataset({
    images,
    labels,
    ...(masks && { masks }),
    ...(tumorPatch && { tumorPatch }),
    ...(slides && { slides }),
    height,
    width,
    name,
  });
}

/** Some patches of another data set. */
export interface SubsetDataset extends Dataset {
  readonly parent: Dataset;
  /** Where each patch stands in `parent`, `[length]`. */
  readonly indices: Int32Array;
}

/**
 * The first `count` patches; the data set itself where `count` is 0 or it holds no more.
 *
 * @throws Error where `count` is no whole number from 0 on.
 */
export function take(dataset: Dataset, count: number): Dataset {
  checkTaken('take', dataset, count);
  if (count === 0 || count >= dataset.length) return dataset;
  return subset(
    dataset,
    Int32Array.from({ length: count }, (_, i) => i),
  );
}

/**
 * `count` patches spread evenly over all; the data set itself where it holds no more.
 *
 * @throws Error where `count` is no whole number from 0 on.
 */
export function takeEvenly(dataset: Dataset, count: number): Dataset {
  checkTaken('takeEvenly', dataset, count);
  const { length, name } = dataset;
  if (count >= length) return dataset;
  const indices = Int32Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
  return subset(dataset, indices, name);
}

/**
 * The patches of `dataset` at `indices`, in that order (one may occur more than once).
 * `index` in what it reads counts within the subset. Closing it leaves `dataset` open.
 *
 * @throws RangeError naming the first index that does not exist.
 */
export function subset(dataset: Dataset, indices: ArrayLike<number>, name?: string): SubsetDataset {
  checkDataset('subset', dataset);
  if (typeof (indices as Partial<ArrayLike<number>> | undefined)?.length !== 'number') {
    throw new Error(
      `subset: indices must be an array of numbers, got ${String(indices)}; take(dataset, n) gives the first n`,
    );
  }
  const chosen = Int32Array.from(indices);
  for (let k = 0; k < indices.length; k++) checkIndex(indices[k]!, dataset.length, dataset.name);
  const { tumorPatch, slides } = dataset;
  const label = name ?? `${dataset.name}[${chosen.length}]`;
  return {
    parent: dataset,
    indices: chosen,
    name: label,
    length: chosen.length,
    height: dataset.height,
    width: dataset.width,
    hasMasks: dataset.hasMasks,
    labels: Uint8Array.from(chosen, (i) => dataset.labels[i]!),
    ...(tumorPatch && { tumorPatch: Uint8Array.from(chosen, (i) => tumorPatch[i]!) }),
    ...(slides && { slides: Array.from(chosen, (i) => slides[i]!) }),
    async read(index: ArrayLike<number>): Promise<Patches> {
      const inside = Int32Array.from(index);
      for (let k = 0; k < index.length; k++) checkIndex(index[k]!, chosen.length, label);
      // Checked here, since the parent's order is not seen any more where the subset's takes its place.
      const patches = await readPatches(
        dataset,
        inside.map((i) => chosen[i]!),
      );
      return { ...patches, index: inside };
    },
    async close(): Promise<void> {},
  };
}

function checkTaken(where: string, dataset: Dataset, count: number): void {
  checkDataset(where, dataset);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new Error(`${where}: count must be a whole number from 0 on, got ${count}`);
  }
}

function checkIndex(index: number, length: number, name: string): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new RangeError(`${name}: no patch ${index}; indices run from 0 to ${length - 1}`);
  }
}
