import { describe, expect, it } from 'vitest';
import {
  createLoader,
  createMemoryDataset,
  createSyntheticDataset,
  resolveAugment,
  splitBySlide,
  syntheticPatch,
  withArtefact,
} from '../src/index.js';
import {
  createWorkerLoader,
  openDataset,
  openFlat,
  openFolder,
  openKaggle,
  openPcam,
  prepareFlat,
  type SpecDataset,
  writePcamSplit,
  writeSyntheticPcam,
} from '../src/node/index.js';
import { fixture } from './support/files.js';

const data = createMemoryDataset({ images: new Uint8Array(6), labels: [0, 1], height: 1, width: 1 });
const dir = fixture('contiguous');

// biome-ignore lint/suspicious/noExplicitAny: what a typo in JavaScript gives.
type Wrong = any;

describe('options that nobody reads are refused, with a suggestion', () => {
  it.each<[string, () => unknown, string]>([
    ['createLoader', () => createLoader(data, { batchsize: 4 } as Wrong), "'batchSize'"],
    ['createLoader: augment', () => createLoader(data, { augment: { rotat: 4 } } as Wrong), "'rotate'"],
    ['createMemoryDataset', () => createMemoryDataset({ ...data.arrays, mask: [] } as Wrong), "'masks'"],
    ['createSyntheticDataset', () => createSyntheticDataset({ seed: 0, n: 2, sizes: 64 } as Wrong), "'size'"],
    ['syntheticPatch', () => syntheticPatch({ seed: 0, tumor: 'ring' } as Wrong), "'tumour'"],
    ['resolveAugment', () => resolveAugment({ pre: 'light' } as Wrong), "'preset'"],
    ['splitBySlide', () => splitBySlide(data, { fraction: { a: 1 } } as Wrong), "'fractions'"],
    ['withArtefact', () => withArtefact(data, { kind: 'blur', sead: 1 } as Wrong), "'seed'"],
  ])('%s', (_, call, suggestion) => {
    expect(call).toThrow(`did you mean ${suggestion}?`);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['createWorkerLoader', () => createWorkerLoader(data, { worker: 2 } as Wrong), "'workers'"],
    ['openDataset', () => openDataset(dir, 'train', { cachedir: dir } as Wrong), "'cacheDir'"],
    ['openPcam', () => openPcam(dir, 'train', { cachedir: dir } as Wrong), "'cacheDir'"],
    ['openKaggle', () => openKaggle('none', 'train', { sead: 1 } as Wrong), "'seed'"],
    ['openFolder', () => openFolder('none', 'train', { fraction: {} } as Wrong), "'fractions'"],
    ['openFlat', () => openFlat('none', { check: false } as Wrong), "'checkSource'"],
    [
      'prepareFlat',
      () => prepareFlat(data as Wrong as SpecDataset, 'none', { forced: true } as Wrong),
      "'force'",
    ],
    ['writePcamSplit', () => writePcamSplit({ overwrit: true } as Wrong), "'overwrite'"],
    ['writeSyntheticPcam', () => writeSyntheticPcam({ slide: 4 } as Wrong), "'slides'"],
  ])('%s', async (_, call, suggestion) => {
    await expect(call()).rejects.toThrow(`did you mean ${suggestion}?`);
  });

  it('what the worker loader alone takes is said to be so', () => {
    expect(() => createLoader(data, { workers: 2 } as Wrong)).toThrow(
      "loader: unknown option 'workers'; createWorkerLoader of @pcam/pcam-data/node takes it",
    );
  });

  it('a choice that is none is told with the ones there are', () => {
    expect(() => syntheticPatch({ seed: 0, tumour: 'center' as 'centre' })).toThrow(
      "syntheticPatch: tumour must be one of centre, ring, none, got 'center'; did you mean 'centre'?",
    );
    expect(() => withArtefact(data, { kind: 'penmark' as 'penMark' })).toThrow("did you mean 'penMark'?");
  });
});

it('createWorkerLoader tells what is no data set, and no spec of one, in one line', async () => {
  const line = 'loader: a data set is needed, such as openDataset or createMemoryDataset gives, got';
  await expect(createWorkerLoader([1] as Wrong)).rejects.toThrow(`${line} an array`);
  await expect(createWorkerLoader(createLoader(data) as Wrong)).rejects.toThrow(
    `${line} a loader; give its dataset`,
  );
  await expect(createWorkerLoader(undefined as Wrong)).rejects.toThrow(`${line} undefined`);
});

it('splitBySlide tells what is no data set, and fractions that are none', () => {
  expect(() => splitBySlide({ fractions: { a: 1 } } as Wrong, undefined as Wrong)).toThrow(
    'split: a data set with length and labels is needed first, then the options',
  );
  expect(() => splitBySlide(data, {} as Wrong)).toThrow('split: fractions are needed');
});
