import { describe, expect, it } from 'vitest';
import {
  createMemoryDataset,
  type MemoryArrays,
  readIntoMemory,
  subset,
  takeEvenly,
} from './memory-dataset.js';

const arrays: MemoryArrays = {
  images: Uint8Array.from({ length: 4 * 6 }, (_, i) => i),
  labels: [0, 1, 1, 0],
  masks: Uint8Array.of(0, 0, 1, 0, 1, 1, 0, 0),
  slides: ['a', 'a', 'b', 'c'],
  height: 1,
  width: 2,
};

describe('createMemoryDataset', () => {
  it('reads patches at random', async () => {
    const data = createMemoryDataset(arrays);
    expect([data.name, data.length, data.hasMasks]).toEqual(['memory', 4, true]);
    const { images, labels, masks, index } = await data.read([2, 0, 2]);
    expect([...images]).toEqual([12, 13, 14, 15, 16, 17, 0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17]);
    expect([...labels]).toEqual([1, 0, 1]);
    expect([...masks!]).toEqual([1, 1, 0, 0, 1, 1]);
    expect([...index]).toEqual([2, 0, 2]);
    expect([...data.tumorPatch!]).toEqual([0, 1, 1, 0]); // from the masks
    expect('tumorPatch' in createMemoryDataset({ ...arrays, masks: undefined })).toBe(false);
  });

  it('refuses arrays that do not fit, and indices that do not exist', async () => {
    const make = (change: Partial<MemoryArrays>) => () =>
      createMemoryDataset({ ...arrays, name: 'x', ...change });
    expect(make({ images: new Uint8Array(5) })).toThrow(
      'x: images [4, 1, 2, 3] has 5 values where 24 are needed',
    );
    expect(make({ masks: new Uint8Array(5) })).toThrow('x: masks [4, 1, 2] has 5 values where 8 are needed');
    expect(make({ masks: Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 0) })).toThrow(
      'x: masks [4, 1, 2]: mask 1 holds 255; expected 0 or 1',
    );
    expect(make({ tumorPatch: [1] })).toThrow('x: tumorPatch has 1 values where 4 are needed');
    expect(make({ tumorPatch: [0, 1, 1, 3] })).toThrow('x: tumorPatch[3] is 3; expected 0 or 1');
    expect(make({ slides: ['a'] })).toThrow('x: 1 slides where 4 are needed');
    expect(make({ labels: [0, 1, 2, 0] })).toThrow('x: labels[2] is 2; expected 0 or 1');
    expect(make({ height: 0 })).toThrow('height and width must be positive whole numbers, got 0×2');
    await expect(createMemoryDataset(arrays).read([0, 4])).rejects.toThrow(
      new RangeError('memory: no patch 4; indices run from 0 to 3'),
    );
  });
});

describe('subset', () => {
  it('counts within itself, keeps order and repeats, carries labels and slides', async () => {
    const part = subset(createMemoryDataset({ ...arrays, tumorPatch: [0, 1, 1, 1] }), [3, 1, 3]);
    expect([...part.tumorPatch!]).toEqual([1, 1, 1]);
    expect([part.length, part.name, [...part.labels], part.slides]).toEqual([
      3,
      'memory[3]',
      [0, 1, 0],
      ['c', 'a', 'c'],
    ]);
    const { images, index, labels } = await part.read([1, 2]);
    expect([...images]).toEqual([6, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 23]);
    expect([...index]).toEqual([1, 2]);
    expect([...labels]).toEqual([1, 0]);
    const inner = await subset(part, [1]).read([0]);
    expect([...inner.images]).toEqual([6, 7, 8, 9, 10, 11]);
  });

  it('refuses indices that do not exist', async () => {
    const data = createMemoryDataset(arrays);
    expect(() => subset(data, 2 as never)).toThrow(
      'subset: indices must be an array of numbers, got 2; take(dataset, n) gives the first n',
    );
    expect(() => subset(data, [0, -1])).toThrow('memory: no patch -1');
    expect(() => subset(data, [0.5])).toThrow('memory: no patch 0.5');
    await expect(subset(data, [3], 'part').read([1])).rejects.toThrow(
      'part: no patch 1; indices run from 0 to 0',
    );
  });
});

it('takeEvenly spreads what it takes over the data set', () => {
  const data = createMemoryDataset({
    images: new Uint8Array(10 * 3),
    labels: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
    height: 1,
    width: 1,
  });
  expect(takeEvenly(data, 10)).toBe(data);
  expect([...takeEvenly(data, 4).labels]).toEqual([0, 0, 1, 1]); // 0, 2, 5, 7
});

describe('readIntoMemory', () => {
  it('copies everything there is', async () => {
    const length = 600;
    const whole = createMemoryDataset({
      images: Uint8Array.from({ length: length * 6 }, (_, i) => i % 256),
      labels: Array.from({ length }, (_, i) => i % 2),
      masks: Uint8Array.from({ length: length * 2 }, (_, i) => Number(i % 3 === 0)),
      slides: Array.from({ length }, (_, i) => `s${i}`),
      tumorPatch: Array.from({ length }, (_, i) => Number(i > 300)),
      height: 1,
      width: 2,
      name: 'whole',
    });
    const progress: number[] = [];
    const copy = await readIntoMemory(subset(whole, [...whole.labels.keys()].reverse()), (done) =>
      progress.push(done),
    );
    const order = [5, 599, 300];
    expect((await copy.read(order)).images).toEqual((await whole.read(order.map((i) => 599 - i))).images);
    expect((await copy.read(order)).masks).toEqual((await whole.read(order.map((i) => 599 - i))).masks);
    expect(copy.tumorPatch).toEqual(whole.tumorPatch!.toReversed());
    expect([copy.labels[0], copy.slides![0], copy.name]).toEqual([1, 's599', 'whole[600]']);
    expect(copy.arrays.images.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(progress).toEqual([256, 512, 600]);
  });

  it('refuses what is too large', async () => {
    const large = { ...createMemoryDataset(arrays), name: 'large', height: 10 ** 9 };
    await expect(readIntoMemory(large)).rejects.toThrow('need more than 4 GiB; make a flat cache');
  });
});
