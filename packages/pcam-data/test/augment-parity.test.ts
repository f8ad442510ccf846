import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blur } from '../src/augment/filters.js';
import { gather } from '../src/augment/geometry.js';
import { type ColourChange, recolour } from '../src/augment/stain.js';
import { warp } from '../src/augment/warp.js';

/** NumPy's and SciPy's results; see fixtures/augment.py. */
const reference = JSON.parse(readFileSync(new URL('fixtures/augment.json', import.meta.url), 'utf8')) as {
  height: number;
  width: number;
  image: number[];
  mask: number[];
  moves: { k: number; dy: number; dx: number; image: number[]; mask: number[] }[];
  colours: (ColourChange & { image: number[] })[];
  blurs: { sigma: number; image: number[] }[];
  warps: { degrees: number; scale: number; image: number[] }[];
};
const { height, width } = reference;
const image = Uint8Array.from(reference.image);
const pixels = height * width;

function largestError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('parity with NumPy and SciPy', () => {
  it.each(reference.moves)('symmetry $k, shift ($dy, $dx): exact', ({ k, dy, dx, image: moved, mask }) => {
    const { rows, columns } = gather(width, width, k, dy, dx);
    const from = [...rows].flatMap((row) => [...columns].map((column) => row + column));
    expect(from.flatMap((i) => [0, 1, 2].map((c) => reference.image[i * 3 + c]))).toEqual(moved);
    expect(from.map((i) => reference.mask[i])).toEqual(mask);
  });

  it.each(reference.colours)(
    'colour: α $scale β $offset, brightness $brightness, contrast $contrast',
    (change) => {
      const out = new Float32Array(pixels * 3);
      recolour(image, change, out, 0);
      expect(largestError(out, change.image)).toBeLessThan(0.00035 * change.contrast);
    },
  );

  it.each(reference.blurs)('blur: σ $sigma', ({ sigma, image: blurred }) => {
    const values = Float32Array.from(image, (v) => v / 255);
    blur(values, 0, height, width, sigma, new Float32Array(pixels * 3));
    expect(largestError(values, blurred)).toBeLessThan(2e-6);
  });

  it.each(reference.warps)('rotation by $degrees°, scale $scale', ({ degrees, scale, image: warped }) => {
    const out = new Uint8Array(pixels * 3);
    warp(image, out, undefined, undefined, height, width, degrees, scale);
    expect(largestError(out, warped)).toBeLessThan(0.5001); // rounded to bytes
  });
});
