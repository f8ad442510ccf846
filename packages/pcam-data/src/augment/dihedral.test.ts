import '@tensorflow/tfjs-backend-cpu';
import { memory, type Tensor3D, type Tensor4D, tensor3d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { dihedral, undihedral } from './dihedral.js';
import { DIHEDRAL_ORDER, gather, inverseDihedral } from './geometry.js';
import { warp } from './warp.js';

const ALL = [...Array(DIHEDRAL_ORDER).keys()];

/** A square of distinct numbers, moved by gathering. */
function moved(values: readonly number[], size: number, k: number): number[] {
  const { rows, columns } = gather(size, size, k, 0, 0);
  return [...rows].flatMap((row) => [...columns].map((column) => values[row + column]!));
}

describe('the dihedral group', () => {
  const square = [...Array(9).keys()];

  it('has 8 different elements, closed under composition, each with its inverse', () => {
    const elements = ALL.map((k) => String(moved(square, 3, k)));
    expect(new Set(elements).size).toBe(8);
    for (const a of ALL) {
      expect(moved(moved(square, 3, a), 3, inverseDihedral(a))).toEqual(square);
      for (const b of ALL) expect(elements).toContain(String(moved(moved(square, 3, a), 3, b)));
    }
  });

  it('turns counter-clockwise and flips left to right', () => {
    expect(moved([1, 2, 3, 4], 2, 1)).toEqual([2, 4, 1, 3]);
    expect(moved([1, 2, 3, 4], 2, 4)).toEqual([2, 1, 4, 3]);
    expect(moved([1, 2, 3, 4], 2, 5)).toEqual([1, 3, 2, 4]);
  });

  it('agrees with the rotation by interpolation at a quarter turn', () => {
    const image = Uint8Array.from({ length: 5 * 5 * 3 }, (_, i) => i);
    const out = new Uint8Array(image.length);
    const mask = Uint8Array.from({ length: 25 }, (_, i) => i);
    const maskOut = new Uint8Array(25);
    warp(image, out, mask, maskOut, 5, 5, 90, 1);
    expect([...maskOut]).toEqual(moved([...mask], 5, 1));
    expect([...out]).toEqual(moved([...mask], 5, 1).flatMap((i) => [3 * i, 3 * i + 1, 3 * i + 2]));
  });
});

describe('dihedral on tensors', () => {
  it.each(ALL)('is what the loader does, and undone exactly (k = %d)', (k) => {
    const size = 4;
    tidy(() => {
      const maps: Tensor3D = tensor3d([...Array(2 * size * size).keys()], [2, size, size]);
      const turned = dihedral(maps, k);
      const one = (values: Float32Array, n: number): number[] => [
        ...values.slice(n * size ** 2, (n + 1) * size ** 2),
      ];
      const before = maps.dataSync<'float32'>();
      const after = turned.dataSync<'float32'>();
      for (const n of [0, 1]) expect(one(after, n)).toEqual(moved(one(before, n), size, k));
      expect([...undihedral(turned, k).dataSync()]).toEqual([...before]);
    });
  });

  it.each(ALL)('swaps height and width where it must, images too (k = %d)', (k) => {
    tidy(() => {
      const images: Tensor4D = tensor4d([...Array(2 * 3 * 4 * 3).keys()], [2, 3, 4, 3]);
      const turned = dihedral(images, k);
      expect(turned.shape).toEqual(k & 1 ? [2, 4, 3, 3] : [2, 3, 4, 3]);
      const back = undihedral(turned, k);
      expect(back.shape).toEqual(images.shape);
      expect([...back.dataSync()]).toEqual([...images.dataSync()]);
    });
  });

  it('returns a tensor of its own and leaks none', () => {
    const images = tensor4d([1, 2, 3], [1, 1, 1, 3]);
    const before = memory().numTensors;
    for (const k of ALL) {
      const turned = dihedral(images, k);
      expect(turned).not.toBe(images);
      turned.dispose();
    }
    expect(memory().numTensors).toBe(before);
    expect(images.isDisposed).toBe(false);
    images.dispose();
  });

  it('refuses other numbers', () => {
    const images = tensor4d([1, 2, 3], [1, 1, 1, 3]);
    for (const k of [8, -1, 1.5, Number.NaN]) {
      expect(() => dihedral(images, k)).toThrow(`0 to 7, got ${k}`);
      expect(() => undihedral(images, k)).toThrow(`0 to 7, got ${k}`);
    }
    images.dispose();
  });
});
