import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { createLoader } from './loader.js';
import { createMemoryDataset, subset } from './memory-dataset.js';
import { withMasks } from './with-masks.js';

const data = createMemoryDataset({
  images: Uint8Array.from({ length: 3 * 4 * 3 }, (_, i) => i),
  labels: [0, 1, 1],
  masks: Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1),
  slides: ['a', 'a', 'b'],
  tumorPatch: [1, 1, 1],
  height: 2,
  width: 2,
});
const others = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1);

describe('withMasks', () => {
  it('changes the masks and nothing else', async () => {
    const changed = withMasks(data, others);
    const [was, is] = [await data.read([2, 0, 2]), await changed.read([2, 0, 2])];
    expect([...is.masks!]).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect({ ...is, masks: undefined }).toEqual({ ...was, masks: undefined });
    expect([changed.labels, changed.slides, changed.tumorPatch]).toEqual([
      data.labels,
      data.slides,
      data.tumorPatch,
    ]);
    await expect(changed.read([3])).rejects.toThrow('no patch 3');
  });

  it('gives masks to patches that have none, through subsets and loaders', async () => {
    const { masks: _, tumorPatch: __, ...bare } = data.arrays;
    const changed = withMasks(createMemoryDataset(bare), others);
    expect([changed.hasMasks, 'tumorPatch' in changed]).toEqual([true, false]);
    const loader = createLoader(subset(changed, [2, 1]), { batchSize: 2 });
    for await (const { masks, labels } of loader.epoch(0)) {
      expect([...masks!.dataSync()]).toEqual([0, 0, 1, 1, 1, 0, 0, 0]);
      expect([...labels.dataSync()]).toEqual([1, 1]);
    }
  });

  it('refuses masks that do not fit', () => {
    expect(() => withMasks(data, new Uint8Array(5))).toThrow(
      'memory: masks [3, 2, 2] has 5 values where 12 are needed',
    );
    expect(() => withMasks(data, new Uint8Array(12).fill(255, 7))).toThrow(
      'memory: masks [3, 2, 2]: mask 1 holds 255; expected 0 or 1',
    );
  });
});
