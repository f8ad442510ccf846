import { describeValue, isPromise } from '@pcam/options';
import type { Dataset, Patches } from './dataset.js';

/**
 * Refuses what is no data set, or one whose description contradicts itself, before any patch is read.
 *
 * @param where what was given it, e.g. `createLoader`.
 * @throws Error naming what is wrong and where.
 */
export function checkDataset(where: string, value: unknown): asserts value is Dataset {
  const dataset = value as Partial<Dataset> | null | undefined;
  if (typeof dataset !== 'object' || dataset === null || typeof dataset.read !== 'function') {
    throw new Error(
      `${where}: a data set is needed, such as openDataset or createMemoryDataset gives, got ${givenFor(value)}`,
    );
  }
  const { name, length, height, width, labels, tumorPatch, slides } = dataset;
  const title = `${where}: ${typeof name === 'string' ? name : 'the data set'}`;
  for (const [key, size] of Object.entries({ length, height, width })) {
    if (!Number.isSafeInteger(size) || (size as number) < (key === 'length' ? 0 : 1)) {
      throw new Error(
        `${title}: ${key} must be a whole number of ${key === 'length' ? 'patches' : 'pixels'}, got ${size}`,
      );
    }
  }
  checkBits(`${title}: labels`, labels, length as number);
  if (tumorPatch !== undefined) checkBits(`${title}: tumorPatch`, tumorPatch, length as number);
  if (slides !== undefined && slides.length !== length) {
    throw new Error(`${title}: ${slides.length} slides for ${length} patches`);
  }
}

/**
 * Patches of a data set, all of them checked: their bytes, labels, masks and order.
 *
 * @throws Error naming the data set and what is wrong; what its `read` throws.
 */
export async function readPatches(dataset: Dataset, index: Int32Array): Promise<Patches> {
  const patches = await dataset.read(index);
  checkPatches(dataset, index, patches);
  return patches;
}

/** What a `read` that is none of ours may get wrong would else train on black, shifted or padded patches. */
function checkPatches(dataset: Dataset, index: Int32Array, patches: Patches): void {
  const { name, height, width, hasMasks, labels } = dataset;
  const n = index.length;
  const pixels = height * width;
  const where = `${name}: read()`;
  if (typeof patches !== 'object' || patches === null)
    throw new Error(`${where} gave ${describeValue(patches)}`);
  checkImageBytes(`${where}: images [${n}, ${height}, ${width}, 3]`, patches.images, n * pixels);
  checkBits(`${where}: labels`, patches.labels, n);
  for (let k = 0; k < n; k++) {
    const at = index[k]!;
    if (patches.index !== undefined && patches.index[k] !== at) {
      throw new Error(
        `${where} gave patch ${patches.index[k]} where ${at} was asked for; give them in the order asked for`,
      );
    }
    if (patches.labels[k] !== labels[at]) {
      throw new Error(
        `${where} gave label ${patches.labels[k]} for patch ${at}, but labels[${at}] is ${labels[at]}`,
      );
    }
  }
  if ((patches.masks !== undefined) !== hasMasks) {
    throw new Error(`${where} gave ${hasMasks ? 'no masks' : 'masks'}, but hasMasks is ${hasMasks}`);
  }
  if (patches.masks) checkMaskBytes(`${where}: masks [${n}, ${height}, ${width}]`, patches.masks, n, pixels);
}

/**
 * @param what with the shape, for the message.
 * @param pixels of all images together.
 * @throws Error for what is no bytes, above all RGB in [0, 1], which as bytes would be black.
 */
export function checkImageBytes(what: string, images: unknown, pixels: number): void {
  if (!isBytes(images)) {
    const hint = isFloats(images)
      ? 'where RGB is in [0, 1], Uint8Array.from(images, (v) => Math.round(v * 255)) makes them'
      : 'a Uint8Array';
    throw new Error(`${what} must be bytes, 0 to 255, got ${describeValue(images)}; ${hint}`);
  }
  if (images.length === pixels * 3) return;
  const hint = pixels > 0 && images.length === pixels * 4 ? '; these are RGBA: leave the alpha out' : '';
  throw new Error(`${what} has ${images.length} values where ${pixels * 3} are needed${hint}`);
}

/**
 * @param n how many masks there are to be, of so many pixels each.
 * @throws Error naming the mask that holds anything but 0 and 1.
 */
export function checkMaskBytes(what: string, masks: unknown, n: number, pixels: number): void {
  if (!isBytes(masks))
    throw new Error(`${what} must be bytes, 0 or 1, got ${describeValue(masks)}; give a Uint8Array`);
  if (masks.length !== n * pixels) {
    throw new Error(`${what} has ${masks.length} values where ${n * pixels} are needed`);
  }
  for (let i = 0; i < masks.length; i++) {
    if (masks[i]! > 1) {
      throw new Error(`${what}: mask ${Math.floor(i / pixels)} holds ${masks[i]}; expected 0 or 1`);
    }
  }
}

/** @throws Error naming the first of `n` values that is not 0 or 1. */
export function checkBits(what: string, values: unknown, n: number): asserts values is ArrayLike<number> {
  const list = values as ArrayLike<unknown> | null | undefined;
  if (typeof list !== 'object' || list === null || !Number.isSafeInteger(list.length)) {
    throw new Error(`${what} must be an array of 0 and 1, got ${describeValue(values)}`);
  }
  if (list.length !== n) throw new Error(`${what} has ${list.length} values where ${n} are needed`);
  for (let i = 0; i < n; i++) {
    if (list[i] !== 0 && list[i] !== 1)
      throw new Error(`${what}[${i}] is ${describeValue(list[i])}; expected 0 or 1`);
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return ['Uint8Array', 'Uint8ClampedArray'].includes(tagOf(value));
}

function isFloats(value: unknown): boolean {
  return ['Float32Array', 'Float64Array', 'Array'].includes(tagOf(value));
}

/** Not by class: test runners and frames have typed arrays of their own. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** What was given for a data set, and what to do about it. */
function givenFor(dataset: unknown): string {
  if (isPromise(dataset)) return 'a promise; await it';
  if (typeof (dataset as { epoch?: unknown } | undefined | null)?.epoch === 'function')
    return 'a loader; give its dataset';
  const plain = typeof dataset === 'object' && dataset !== null && dataset.constructor === Object;
  return plain ? 'an object without read()' : describeValue(dataset);
}
