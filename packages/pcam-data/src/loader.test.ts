import '@tensorflow/tfjs-backend-cpu';
import { memory } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoaderOptions } from './batches-options.js';
import type { Dataset } from './dataset.js';
import { type Batch, createLoader, disposeBatch, type LoaderState, resume } from './loader.js';
import { createMemoryDataset, type MemoryDataset } from './memory-dataset.js';
import { randomAt } from './sampling-random.js';

const SIZE = 8;

function dataset(length: number, masks = true): MemoryDataset {
  const random = randomAt(7, length);
  const bytes = (n: number, bound: number): Uint8Array =>
    Uint8Array.from({ length: n }, () => random.below(bound));
  return createMemoryDataset({
    images: bytes(length * SIZE * SIZE * 3, 256),
    labels: Array.from({ length }, (_, i) => (i % 3 === 0 ? 1 : 0)),
    ...(masks && { masks: bytes(length * SIZE * SIZE, 2) }),
    height: SIZE,
    width: SIZE,
  });
}

interface Seen {
  index: number[];
  labels: number[];
  images: number[];
  masks: number[] | undefined;
}

function take(batch: Batch): Seen {
  const seen = {
    index: [...batch.index],
    labels: [...batch.labels.dataSync()],
    images: [...batch.images.dataSync()],
    masks: batch.masks && [...batch.masks.dataSync()],
  };
  disposeBatch(batch);
  return seen;
}

async function collect(batches: AsyncIterable<Batch>): Promise<Seen[]> {
  const out: Seen[] = [];
  for await (const batch of batches) out.push(take(batch));
  return out;
}

const anyOptions: fc.Arbitrary<LoaderOptions> = fc.record({
  batchSize: fc.integer({ min: 1, max: 9 }),
  shuffle: fc.boolean(),
  seed: fc.integer(),
  augment: fc.constantFrom('none' as const, 'standard' as const, 'strong' as const),
  balance: fc.boolean(),
});

describe('createLoader', () => {
  it('yields bytes / 255, labels and masks exactly, in order, without options', async () => {
    const data = dataset(5);
    const loader = createLoader(data, { batchSize: 2 });
    const batches = await collect(loader.epoch(0));
    expect(loader.batchesPerEpoch).toBe(3);
    expect(batches.map((b) => b.index)).toEqual([[0, 1], [2, 3], [4]]);
    expect(batches.flatMap((b) => b.images)).toEqual(
      [...data.arrays.images].map((v) => Math.fround(v / 255)),
    );
    expect(batches.flatMap((b) => b.masks!)).toEqual([...data.arrays.masks!]);
    expect(batches.flatMap((b) => b.labels)).toEqual([...data.labels]);
  });

  it('tells of each patch whether any of its pixels is tumour, from metadata or from the masks as stored', async () => {
    const masks = new Uint8Array(6 * SIZE * SIZE);
    masks[2 * SIZE * SIZE] = masks[6 * SIZE * SIZE - 1] = 1; // corners, which augmentation may push out
    const images = new Uint8Array(masks.length * 3);
    const arrays = { images, masks, labels: [0, 0, 1, 0, 0, 0], height: SIZE, width: SIZE };
    const { tumorPatch: _, ...unread } = createMemoryDataset(arrays);
    const told = createMemoryDataset({ ...arrays, masks: undefined, tumorPatch: [1, 0, 1, 0, 0, 1] });
    const silent = createMemoryDataset({ ...arrays, masks: undefined });
    const tumorPatch = async (data: Dataset): Promise<number[] | undefined> => {
      const options = { batchSize: 6, shuffle: true, seed: 3, augment: 'strong' } as const;
      for await (const batch of createLoader(data, options).epoch(0)) {
        const values = batch.tumorPatch && [...batch.tumorPatch.dataSync()];
        const ordered = values?.map((_, i) => values[batch.index.indexOf(i)]!);
        disposeBatch(batch);
        return ordered;
      }
      return undefined;
    };
    expect(await tumorPatch(unread)).toEqual([0, 0, 1, 0, 0, 1]);
    expect(await tumorPatch(told)).toEqual([1, 0, 1, 0, 0, 1]);
    expect(await tumorPatch(silent)).toBeUndefined();
  });

  it('gives tensors of the documented shapes, and no masks where there are none', async () => {
    for await (const batch of createLoader(dataset(3, false), { batchSize: 4 }).epoch(0)) {
      expect(batch.images.shape).toEqual([3, SIZE, SIZE, 3]);
      expect(batch.labels.shape).toEqual([3]);
      expect(batch.images.dtype).toBe('float32');
      expect(batch.masks).toBeUndefined();
      disposeBatch(batch);
    }
  });

  it('shows every patch once an epoch, in another order each epoch and seed', async () => {
    const data = dataset(50);
    const order = async (seed: number, epoch: number): Promise<number[]> =>
      (await collect(createLoader(data, { batchSize: 7, shuffle: true, seed }).epoch(epoch))).flatMap(
        (b) => b.index,
      );
    const orders = [await order(1, 0), await order(1, 1), await order(2, 0)];
    for (const one of orders)
      expect([...one].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(new Set(orders.map(String)).size).toBe(3);
  });

  it('drops the last batch only where asked and not full', () => {
    const data = dataset(10);
    expect(createLoader(data, { batchSize: 4, dropLast: true }).batchesPerEpoch).toBe(2);
    expect(createLoader(data, { batchSize: 5, dropLast: true }).batchesPerEpoch).toBe(2);
    expect(() => createLoader(data, { batchSize: 11, dropLast: true })).toThrow(
      '10 patches, fewer than one batch of 11',
    );
  });

  it('is a pure function of (seed, epoch, batch): any start gives the rest of the epoch', async () => {
    const data = dataset(20);
    await fc.assert(
      fc.asyncProperty(anyOptions, fc.nat(3), fc.nat(19), async (options, epoch, start) => {
        const loader = createLoader(data, options);
        const whole = await collect(loader.epoch(epoch));
        const from = Math.min(start, loader.batchesPerEpoch);
        await collect(loader.epoch(epoch + 1)); // what came before must not matter
        expect(await collect(loader.epoch(epoch, from))).toEqual(whole.slice(from));
        expect(await collect(createLoader(data, options).epoch(epoch, from))).toEqual(whole.slice(from));
      }),
      { numRuns: 25 },
    );
  });

  it('keeps RGB in [0, 1] and masks in {0, 1} under any augmentation', async () => {
    const data = dataset(12);
    const augment = {
      preset: 'strong',
      blurProbability: 1,
      brightness: 0.5,
      noiseSigma: 0.3,
      stainOffset: 1,
    } as const;
    for (const batch of await collect(createLoader(data, { augment, seed: 3 }).epoch(0))) {
      expect(batch.images.every((v) => v >= 0 && v <= 1)).toBe(true);
      expect(batch.masks!.every((v) => v === 0 || v === 1)).toBe(true);
    }
  });

  it('balances classes', async () => {
    const loader = createLoader(dataset(30), { batchSize: 30, balance: true, shuffle: true });
    const labels = (await collect(loader.epoch(0))).flatMap((b) => b.labels);
    expect(labels.reduce((a, b) => a + b)).toBe(15);
  });

  it('leaks no tensor, also where the reader stops early', async () => {
    const loader = createLoader(dataset(20), { batchSize: 3, augment: 'strong' });
    const before = memory().numTensors;
    await collect(loader.epoch(0));
    for await (const batch of loader.epoch(1)) {
      disposeBatch(batch);
      break;
    }
    expect(memory().numTensors).toBe(before);
  });

  it('refuses bad options and places in one line', () => {
    const data = dataset(4);
    expect(() => createLoader(data, { batchSize: 0 })).toThrow(
      'loader: batchSize must be a positive whole number, got 0',
    );
    expect(() => createLoader(data, { batchsize: 4 } as object)).toThrow(
      "loader: unknown option 'batchsize'",
    );
    expect(() => createLoader(data, { seed: 0.5 })).toThrow('loader: seed must be a whole number, got 0.5');
    expect(() => createLoader(data, { augment: 'wild' as 'none' })).toThrow(
      "augment: preset must be one of none, light, standard, faded, strong, got 'wild'",
    );
    expect(() => createLoader(data).epoch(-1)).toThrow('epoch must be a whole number');
    expect(() => createLoader(data).epoch(0, 2)).toThrow('no batch 2; an epoch has 1');
  });
});

describe('resume', () => {
  it('goes on exactly from any saved state, through the ends of epochs', async () => {
    const loader = createLoader(dataset(10), { batchSize: 3, shuffle: true, seed: 5, augment: 'light' });
    const run = async (state: LoaderState | undefined, steps: number): Promise<[Seen, LoaderState][]> => {
      const out: [Seen, LoaderState][] = [];
      for await (const { batch, next } of resume(loader, state)) {
        out.push([take(batch), JSON.parse(JSON.stringify(next))]);
        if (out.length === steps) break;
      }
      return out;
    };
    const whole = await run(undefined, 11);
    expect(whole[3]![1]).toEqual({ seed: 5, epoch: 1, batch: 0 });
    for (let k = 1; k < 10; k++) expect(await run(whole[k - 1]![1], 11 - k)).toEqual(whole.slice(k));
  });

  it('refuses the state of another seed', async () => {
    const loader = createLoader(dataset(4), { seed: 1 });
    await expect(resume(loader, { seed: 2, epoch: 0, batch: 0 }).next()).rejects.toThrow(
      'saved state has seed 2',
    );
  });
});
