import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { centreLabel } from '../pcam.js';
import { syntheticPatch } from './patch.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('syntheticPatch', () => {
  it('gives the same bytes for the same seed, on any engine', () => {
    const all = createHash('sha256');
    for (let index = 0; index < 24; index++) {
      const tumour = (['centre', 'ring', 'none'] as const)[index % 3];
      const { image, mask } = syntheticPatch({ seed: 20, index, tumour });
      all.update(image).update(mask);
    }
    // A change here means that every data set made by seed changes: say so in the changelog.
    expect(all.digest('hex')).toBe('35a6facae600efdb2320ab78fdf31b6ac186ac9956f64ef4396ccab5a4a668c9');
  });

  it('gives other bytes for another seed or index', () => {
    const hashes = [
      syntheticPatch({ seed: 1 }),
      syntheticPatch({ seed: 2 }),
      syntheticPatch({ seed: 2 ** 40 + 1 }),
      syntheticPatch({ seed: 1, index: 1 }),
    ].map(({ image }) => sha256(image));
    expect(new Set(hashes).size).toBe(4);
  });

  it.each([64, 96, 128])('keeps the label rule in patches of %d pixels', (size) => {
    for (let index = 0; index < 12; index++) {
      const positive = syntheticPatch({ seed: 5, index, size });
      expect(positive.image.length).toBe(size * size * 3);
      expect(positive.mask.length).toBe(size * size);
      expect(positive.label).toBe(1);
      const ring = syntheticPatch({ seed: 5, index, size, tumour: 'ring' });
      expect(ring.label).toBe(0);
      const none = syntheticPatch({ seed: 5, index, size, tumour: 'none' });
      expect(none.label).toBe(0);
      expect(none.mask.includes(1)).toBe(false);
    }
  });

  it.each([0, 32, 95, 96.5, Number.NaN])('refuses a size of %d', (size) => {
    expect(() => syntheticPatch({ seed: 1, size })).toThrow(/a multiple of 32 of at least 64/);
  });
});

describe('centreLabel', () => {
  const at = (y: number, x: number): Uint8Array => {
    const mask = new Uint8Array(96 * 96);
    mask[y * 96 + x] = 1;
    return mask;
  };

  it('is 1 for a single pixel in rows and columns 32 to 63 and 0 for any other', () => {
    for (const [y, x] of [
      [32, 32],
      [63, 63],
      [32, 63],
      [48, 50],
    ] as const)
      expect(centreLabel(at(y, x), 96)).toBe(1);
    for (const [y, x] of [
      [31, 48],
      [64, 48],
      [48, 31],
      [48, 64],
      [0, 0],
    ] as const)
      expect(centreLabel(at(y, x), 96)).toBe(0);
  });
});
