import { describe, expect, it } from 'vitest';
import { createMemoryDataset, readIntoMemory } from '../memory-dataset.js';
import { randomAt } from '../sampling-random.js';
import { type ArtefactKind, withArtefact } from './with-artefact.js';

/** Grey noise; every third patch positive. */
function noise(length: number, height = 48, width = height) {
  const random = randomAt(5, length);
  return createMemoryDataset({
    images: Uint8Array.from({ length: length * height * width * 3 }, () => 100 + random.below(100)),
    masks: Uint8Array.from({ length: length * height * width }, () => random.below(2)),
    labels: Array.from({ length }, (_, i) => Number(i % 3 === 0)),
    slides: Array.from({ length }, (_, i) => `slide ${i}`),
    height,
    width,
    name: 'noise',
  });
}

const share = (values: Uint8Array, labels: Uint8Array, label: number): number => {
  const own = values.filter((_, i) => labels[i] === label);
  return own.reduce((a, b) => a + b, 0) / own.length;
};

describe('withArtefact', () => {
  it('gives each class its share, by default every positive and no negative', () => {
    const data = noise(900, 4);
    expect(withArtefact(data, { kind: 'blur' }).artefacts).toEqual(data.labels);
    const shares = { shareOfPositives: 0.8, shareOfNegatives: 0.1 };
    const { artefacts } = withArtefact(data, { kind: 'blur', ...shares, seed: 2 });
    // Three standard deviations of a share of 300 and of 600.
    expect(Math.abs(share(artefacts, data.labels, 1) - 0.8)).toBeLessThan(0.07);
    expect(Math.abs(share(artefacts, data.labels, 0) - 0.1)).toBeLessThan(0.037);
    expect(withArtefact(data, { kind: 'blur', ...shares, seed: 3 }).artefacts).not.toEqual(artefacts);
  });

  it.each<[ArtefactKind, number, number]>([
    ['penMark', 64, 80],
    ['penMark', 32, 32],
    ['blur', 48, 40],
  ])('%s on %d×%d changes the pixels of its mask and no others', async (kind, height, width) => {
    const data = noise(6, height, width);
    const marked = withArtefact(data, { kind, shareOfPositives: 1, shareOfNegatives: 0.3, seed: 1 });
    const index = [5, 3, 0, 0, 4];
    const [plain, drawn] = [await data.read(index), await marked.read(index)];
    expect([drawn.index, drawn.labels]).toEqual([plain.index, plain.labels]);
    expect(Buffer.compare(drawn.masks!, plain.masks!)).toBe(0);
    const pixels = height * width;
    for (const [k, i] of index.entries()) {
      const mask = marked.artefactMask(i);
      let [changed, strays] = [0, 0];
      for (let p = 0; p < pixels; p++) {
        const at = (k * pixels + p) * 3;
        let differs = false;
        for (let c = at; c < at + 3; c++) differs ||= plain.images[c] !== drawn.images[c];
        changed += Number(differs);
        strays += Number(differs && mask[p] === 0);
      }
      expect(strays, `patch ${i}`).toBe(0);
      const marks = mask.reduce((a, b) => a + b, 0);
      expect(marks > 0).toBe(marked.artefacts[i] === 1);
      expect(changed).toBeGreaterThanOrEqual(0.9 * marks); // a soft edge may round to the same byte
    }
  });

  it('keeps pen marks out of the centre 32×32, in ink and in every place', async () => {
    const data = noise(60, 64);
    const marked = withArtefact(data, { kind: 'penMark', shareOfNegatives: 1 });
    const sum = new Float64Array(64 * 64);
    for (let i = 0; i < data.length; i++) {
      const mask = marked.artefactMask(i);
      for (const [p, value] of mask.entries()) sum[p]! += value;
      const area = mask.reduce((a, b) => a + b, 0);
      expect(area).toBeGreaterThan(4 * 0.5 * 64 * 0.9);
      expect(area).toBeLessThan(10 * 64 * 1.5);
    }
    for (let y = 16; y < 48; y++)
      expect(sum.subarray(y * 64 + 16, y * 64 + 48).every((v) => v === 0)).toBe(true);
    for (const [y, x] of [
      [8, 32],
      [55, 32],
      [32, 8],
      [32, 55],
    ])
      expect(sum[y! * 64 + x!]).toBeGreaterThan(0);
  });

  it('blurs: neighbours come closer together, the mean stays', async () => {
    const data = noise(3);
    const [plain, blurred] = [data, withArtefact(data, { kind: 'blur' })];
    const first = async (set: typeof plain | typeof blurred) => (await set.read([0])).images;
    const roughness = (image: Uint8Array): number =>
      image.reduce((total, v, i) => total + (i >= 3 ? Math.abs(v - image[i - 3]!) : 0), 0) / image.length;
    const mean = (image: Uint8Array): number => image.reduce((a, b) => a + b, 0) / image.length;
    const [before, after] = [await first(plain), await first(blurred)];
    expect(roughness(after)).toBeLessThan(0.2 * roughness(before));
    expect(Math.abs(mean(after) - mean(before))).toBeLessThan(1);
  });

  it('is a data set like any other, the same at every reading, and leaves its source alone', async () => {
    const data = noise(9, 16);
    const bytes = data.arrays.images.slice();
    const marked = withArtefact(data, { kind: 'penMark', seed: 4 });
    const copy = await readIntoMemory(marked);
    expect(await copy.read([6, 2])).toEqual(await marked.read([6, 2]));
    expect([copy.name, copy.slides, copy.tumorPatch]).toEqual([
      'noise+penMark',
      data.slides,
      data.tumorPatch,
    ]);
    await marked.close();
    expect(Buffer.compare(data.arrays.images, bytes)).toBe(0);
  });

  it('refuses what cannot be, in one line', () => {
    const data = noise(3, 4);
    const kind = 'blur';
    expect(() => withArtefact(data, { kind: 'ink' as 'blur' })).toThrow(
      "artefact: kind must be one of penMark, blur, got 'ink'",
    );
    expect(() => withArtefact(data, { kind, shareOfPositives: 1.5 })).toThrow(
      'shareOfPositives must be from 0 to 1',
    );
    expect(() => withArtefact(data, { kind, shareOfNegatives: Number.NaN })).toThrow(
      'shareOfNegatives must be',
    );
    expect(() => withArtefact(data, { kind, seed: 0.5 })).toThrow('artefact: seed must be a whole number');
    expect(() => withArtefact(data, { kind }).artefactMask(3)).toThrow(
      new RangeError('noise: no patch 3; indices run from 0 to 2'),
    );
  });
});
