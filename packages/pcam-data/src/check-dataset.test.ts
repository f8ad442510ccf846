import { runInNewContext } from 'node:vm';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { withArtefact } from './artefact/with-artefact.js';
import { checkDataset } from './check-dataset.js';
import type { Dataset, Patches } from './dataset.js';
import { createLoader } from './loader.js';
import { createMemoryDataset, readIntoMemory, subset, take, takeEvenly } from './memory-dataset.js';
import { findDuplicates } from './split-duplicates.js';
import { withMasks } from './with-masks.js';

const memory = (): Dataset =>
  createMemoryDataset({
    images: Uint8Array.from({ length: 4 * 12 }, (_, i) => i),
    labels: [0, 1, 1, 0],
    masks: new Uint8Array(4 * 4),
    height: 2,
    width: 2,
    name: 'mine',
  });

/** A data set of one's own whose `read` gives something else than it should. */
function faulty(change: (patches: Patches) => object, described: object = {}): Dataset {
  const whole = memory();
  return {
    ...whole,
    ...described,
    read: async (index) => ({ ...(await whole.read(index)), ...change(await whole.read(index)) }),
  };
}

async function firstBatch(dataset: Dataset): Promise<unknown> {
  for await (const batch of createLoader(dataset, { batchSize: 3 }).epoch(0)) return batch;
  return undefined;
}

describe('a data set of one’s own', () => {
  it.each<[string, (patches: Patches) => object, string]>([
    [
      'too few bytes',
      ({ images }) => ({ images: images.subarray(3) }),
      'images [3, 2, 2, 3] has 33 values where 36 are needed',
    ],
    ['RGBA', () => ({ images: new Uint8ClampedArray(48) }), 'these are RGBA: leave the alpha out'],
    [
      'RGB in [0, 1]',
      () => ({ images: new Float32Array(36) }),
      'must be bytes, 0 to 255, got a Float32Array; where RGB is in [0, 1], Uint8Array.from',
    ],
    ['no images', () => ({ images: undefined }), 'must be bytes, 0 to 255, got undefined'],
    ['a label of 7', () => ({ labels: [0, 7, 1] }), 'labels[1] is 7; expected 0 or 1'],
    ['a fractional label', () => ({ labels: [0, 0.5, 1] }), 'labels[1] is 0.5; expected 0 or 1'],
    ['a label that is NaN', () => ({ labels: [0, Number.NaN, 1] }), 'labels[1] is NaN; expected 0 or 1'],
    ['a label that is no number', () => ({ labels: [0n, 1n, 1n] }), 'labels[0] is 0n; expected 0 or 1'],
    ['too few labels', () => ({ labels: [0, 1] }), 'labels has 2 values where 3 are needed'],
    [
      'labels that are not its own',
      () => ({ labels: [0, 1, 0] }),
      'gave label 0 for patch 2, but labels[2] is 1',
    ],
    [
      'another order',
      () => ({ index: Int32Array.of(2, 1, 0) }),
      'gave patch 2 where 0 was asked for; give them in the order asked for',
    ],
    [
      'masks of 255',
      () => ({ masks: new Uint8Array(12).fill(255, 5) }),
      'masks [3, 2, 2]: mask 1 holds 255; expected 0 or 1',
    ],
    [
      'too few masks',
      () => ({ masks: new Uint8Array(4) }),
      'masks [3, 2, 2] has 4 values where 12 are needed',
    ],
    ['masks of truth values', () => ({ masks: [true] }), 'must be bytes, 0 or 1, got an array'],
    ['no masks though it has them', () => ({ masks: undefined }), 'gave no masks, but hasMasks is true'],
  ])('is refused at its first batch for %s', async (_, change, message) => {
    for (const use of [firstBatch, readIntoMemory, findDuplicates]) {
      const dataset = faulty(change);
      const refused = expect(use(subset(dataset, [0, 1, 2]))).rejects;
      await refused.toThrow(`mine: read()`);
      await expect(use(subset(dataset, [0, 1, 2]))).rejects.toThrow(message);
    }
    await expect(firstBatch(faulty(change))).rejects.toThrow(message);
  });

  it('may give bytes of a canvas', async () => {
    const dataset = faulty(({ images }) => ({ images: Uint8ClampedArray.from(images) }));
    expect(await firstBatch({ ...dataset })).toBeDefined();
  });

  it.each<[string, object, string]>([
    ['labels of 7', { labels: [0, 1, 7, 0] }, 'loader: mine: labels[2] is 7; expected 0 or 1'],
    ['too few labels', { labels: [0, 1] }, 'loader: mine: labels has 2 values where 4 are needed'],
    [
      'no size',
      { height: undefined },
      'loader: mine: height must be a whole number of pixels, got undefined',
    ],
    ['slides of other patches', { slides: ['a'] }, 'loader: mine: 1 slides for 4 patches'],
    [
      'tumorPatch of other patches',
      { tumorPatch: [1] },
      'loader: mine: tumorPatch has 1 values where 4 are needed',
    ],
  ])('is refused before anything is read for %s', (_, described, message) => {
    expect(() => createLoader(faulty(() => ({}), described))).toThrow(message);
  });
});

describe('what is no data set', () => {
  it.each<[unknown, string]>([
    [[1, 2], 'got an array'],
    [undefined, 'got undefined'],
    [Promise.resolve(memory()), 'got a promise; await it'],
    [createLoader(memory()), 'got a loader; give its dataset'],
    ['data', "got 'data'"],
    [{ images: new Uint8Array(3) }, 'got an object without read()'],
  ])('%o is told in one line', async (value, message) => {
    const dataset = value as Dataset;
    const line = `: a data set is needed, such as openDataset or createMemoryDataset gives, ${message}`;
    expect(() => checkDataset('fit', value)).toThrow(`fit${line}`);
    expect(() => createLoader(dataset)).toThrow(`loader${line}`);
    expect(() => subset(dataset, [0])).toThrow(`subset${line}`);
    expect(() => take(dataset, 1)).toThrow(`take${line}`);
    expect(() => withMasks(dataset, new Uint8Array(0))).toThrow(`withMasks${line}`);
    expect(() => withArtefact(dataset, { kind: 'blur' })).toThrow(`artefact${line}`);
    await expect(findDuplicates(dataset)).rejects.toThrow(`findDuplicates${line}`);
    await expect(readIntoMemory(dataset)).rejects.toThrow(`readIntoMemory${line}`);
  });
});

describe('createMemoryDataset', () => {
  const make = (change: object) => (): unknown =>
    createMemoryDataset({ images: new Uint8Array(24), labels: [0, 1], height: 2, width: 2, ...change });

  it('refuses RGB in [0, 1], which as bytes would be black', () => {
    expect(make({ images: new Float32Array(24) })).toThrow(
      'memory: images [2, 2, 2, 3] must be bytes, 0 to 255, got a Float32Array; where RGB is in [0, 1], Uint8Array.from(images, (v) => Math.round(v * 255)) makes them',
    );
    expect(make({ images: Array(24).fill(0.5) })).toThrow('got an array; where RGB is in [0, 1]');
    expect(make({ images: new Uint16Array(24) })).toThrow('got a Uint16Array; a Uint8Array');
  });

  it('takes bytes of another realm, as test runners and frames have them', () => {
    const images = runInNewContext('new Uint8Array(24)') as Uint8Array;
    expect(images).not.toBeInstanceOf(Uint8Array);
    expect(make({ images })).not.toThrow();
    const floats = runInNewContext('new Float32Array(24)') as Uint8Array;
    expect(make({ images: floats })).toThrow('Math.round(v * 255)');
  });

  it('refuses labels and masks of other kinds, and names that nobody reads', () => {
    expect(make({ labels: undefined })).toThrow('memory: labels must be an array of 0 and 1, got undefined');
    expect(make({ labels: [0, Number.NaN] })).toThrow('memory: labels[1] is NaN; expected 0 or 1');
    expect(make({ labels: ['0', '1'] })).toThrow("memory: labels[0] is '0'; expected 0 or 1");
    expect(make({ masks: new Float32Array(8) })).toThrow('must be bytes, 0 or 1, got a Float32Array');
    expect(make({ mask: new Uint8Array(8) })).toThrow("unknown option 'mask'; did you mean 'masks'?");
  });
});

it('take and takeEvenly refuse counts that cannot be', () => {
  expect(() => take(memory(), -1)).toThrow('take: count must be a whole number from 0 on, got -1');
  expect(() => takeEvenly(memory(), Number.NaN)).toThrow(
    'takeEvenly: count must be a whole number from 0 on, got NaN',
  );
});
