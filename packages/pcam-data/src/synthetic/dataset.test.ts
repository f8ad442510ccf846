import { beforeAll, describe, expect, it } from 'vitest';
import type { Dataset, Patches } from '../dataset.js';
import { centreLabel } from '../pcam.js';
import { createSyntheticDataset } from './dataset.js';

const N = 400;
const PIXELS = 96 * 96;

describe('createSyntheticDataset', () => {
  let dataset: Dataset;
  let patches: Patches;
  const mask = (i: number): Uint8Array =>
    (patches.masks as Uint8Array).subarray(i * PIXELS, (i + 1) * PIXELS);

  beforeAll(async () => {
    dataset = createSyntheticDataset({ seed: 3, n: N });
    patches = await dataset.read(Array.from({ length: N }, (_, i) => i));
  });

  it('labels by the centre 32×32 of the mask', () => {
    for (let i = 0; i < N; i++) expect(patches.labels[i]).toBe(centreLabel(mask(i), 96));
    expect(patches.labels).toEqual(dataset.labels);
  });

  it('is balanced for any even count', () => {
    for (const n of [2, 10, 64, N]) {
      const { labels } = createSyntheticDataset({ seed: 3, n });
      expect(labels.reduce((sum, label) => sum + label, 0)).toBe(n / 2);
    }
  });

  it('has masks of 0 and 1, and 15 to 25 % of negatives with tumour in the ring', () => {
    expect(new Set(patches.masks)).toEqual(new Set([0, 1]));
    const negatives = [...patches.labels.keys()].filter((i) => patches.labels[i] === 0);
    const ring = negatives.filter((i) => mask(i).includes(1)).length;
    expect(ring / negatives.length).toBeGreaterThan(0.15);
    expect(ring / negatives.length).toBeLessThan(0.25);
  });

  it('shares no slide between splits, and has many in each', () => {
    const slides = (split: string): Set<string> =>
      new Set(createSyntheticDataset({ seed: 3, n: 1000, split }).slides);
    const [train, valid, test] = [slides('train'), slides('valid'), slides('test')];
    expect(train.size).toBe(40);
    expect(new Set([...train, ...valid, ...test]).size).toBe(train.size + valid.size + test.size);
  });

  it('has the colours of stained tissue on light glass', () => {
    const mean = [0, 0, 0];
    for (let i = 0; i < patches.images.length; i++)
      mean[i % 3] = (mean[i % 3] as number) + (patches.images[i] as number);
    const [r, g, b] = mean.map((sum) => sum / (N * PIXELS)) as [number, number, number];
    // Real PCam (1,719 patches): 183, 143, 181; green is what both stains take most of.
    expect(r).toBeGreaterThan(150);
    expect(r).toBeLessThan(200);
    expect(g).toBeGreaterThan(105);
    expect(g).toBeLessThan(160);
    expect(b).toBeGreaterThan(155);
    expect(b).toBeLessThan(200);
  });

  it('gives a patch the same bytes in any order, count and cache', async () => {
    const other = createSyntheticDataset({ seed: 3, n: 30, cacheBytes: 0 });
    const picked = await other.read([17, 4, 17]);
    expect([...picked.index]).toEqual([17, 4, 17]);
    for (const [place, i] of [17, 4, 17].entries()) {
      const image = (p: Patches, k: number): Uint8Array =>
        p.images.subarray(k * PIXELS * 3, (k + 1) * PIXELS * 3);
      expect(image(picked, place)).toEqual(image(patches, i));
    }
    expect(other.slides).toEqual(dataset.slides?.slice(0, 30));
  });

  it('names the index that does not exist, and refuses counts that cannot be', async () => {
    await expect(dataset.read([0, N])).rejects.toThrow(`no patch ${N}; there are ${N}`);
    await expect(dataset.read([-1])).rejects.toThrow(RangeError);
    expect(() => createSyntheticDataset({ seed: 3, n: 0 })).toThrow('n 0: a whole number of at least 1');
    expect(() => createSyntheticDataset({ seed: 0.5, n: 2 })).toThrow('seed 0.5');
    expect(() => createSyntheticDataset({ seed: 1, n: 2, slides: 0 })).toThrow('slides 0');
  });
});
