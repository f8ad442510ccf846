import { createSyntheticDataset } from '@pcam/pcam-data';
import { colorMap } from '@pcam/xai';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type ContactPatch, contactSheet } from './contact-sheet.js';
import { enlarge, outlineMask, toPicture } from './picture.js';

const SIZE = 64;
const PIXELS = SIZE * SIZE;

async function somePatches(n: number): Promise<ContactPatch[]> {
  const { images, masks } = await createSyntheticDataset({ seed: 0, n, size: SIZE }).read([
    ...Array(n).keys(),
  ]);
  return Array.from({ length: n }, (_, k) => {
    const mask = masks!.subarray(k * PIXELS, (k + 1) * PIXELS);
    return {
      image: images.subarray(3 * k * PIXELS, 3 * (k + 1) * PIXELS),
      mask,
      maps: {
        slope: Float32Array.from(mask, (_, i) => (i % SIZE) - 20),
        even: new Float32Array(PIXELS).fill(k === 0 ? 1 : -2),
        true: mask,
      },
    };
  });
}

describe('contact sheet', () => {
  test('has a column a map beside patch and outline, and a row a patch, in less than 300 kB', async () => {
    const png = await contactSheet({ patches: await somePatches(8), height: SIZE, width: SIZE, zoom: 3 });
    const { width, height, format } = await sharp(png).metadata();
    expect([format, width, height]).toEqual(['png', 6 + 5 * (3 * SIZE + 6), 26 + 8 * (3 * SIZE + 6)]);
    expect(png.length).toBeLessThan(300_000);
    const patches = (await somePatches(2)).map((patch) => ({ ...patch, captions: { even: '0.5' } }));
    const captioned = await sharp(await contactSheet({ patches, height: SIZE, width: SIZE })).metadata();
    expect(captioned.height).toBe(26 + 2 * (2 * SIZE + 6 + 18));
  });

  test('colours the maps of a column on one range about zero', async () => {
    const png = await contactSheet({ patches: await somePatches(2), height: SIZE, width: SIZE, zoom: 2 });
    const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const step = 2 * SIZE + 6;
    const centre = (row: number) => {
      const [x, y] = [6 + 3 * step + SIZE, 26 + row * step + SIZE];
      return [...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)];
    };
    const { table } = colorMap('diverging');
    // 1 and −2 within [−2, 2]: three quarters of the way, and the lowest end.
    for (const [row, entry] of [
      [0, 192],
      [1, 0],
    ] as const) {
      centre(row).forEach((value, c) => {
        expect(Math.abs(value - table[3 * entry + c]!)).toBeLessThan(12);
      });
    }
  });

  test('refuses arrays that do not fit, and nothing', async () => {
    const [patch] = await somePatches(1);
    const size = { height: SIZE, width: SIZE };
    await expect(contactSheet({ ...size, patches: [] })).rejects.toThrow(/no patches/);
    const maps = { ...patch!.maps, even: [1, 2] };
    await expect(contactSheet({ ...size, patches: [{ ...patch!, maps }] })).rejects.toThrow(
      'contact sheet: even of patch 0 has 2 values; 64×64 needs 4096',
    );
    const { even, ...others } = patch!.maps;
    await expect(contactSheet({ ...size, patches: [patch!, { ...patch!, maps: others }] })).rejects.toThrow(
      'contact sheet: patch 1 has the maps slope, true, patch 0 slope, even, true',
    );
    for (const zoom of [0, 1.5, Number.NaN]) {
      await expect(contactSheet({ ...size, patches: [patch!], zoom })).rejects.toThrow(
        `contact sheet: zoom is ${zoom}; expected a whole number of at least 1`,
      );
    }
  });
});

test('an outline follows the inner boundary, the edge of the patch too', () => {
  const picture = enlarge(toPicture(new Uint8Array(3 * 16).fill(9), 4, 4), 4);
  // The left half of 4×4 pixels.
  outlineMask(picture, [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0], 4, [200, 0, 0], { width: 3 });
  const row = (y: number) => Array.from({ length: 16 }, (_, x) => picture.data[4 * (y * 16 + x)]);
  expect(row(8)).toEqual([200, 200, 200, 9, 9, 200, 200, 200, 9, 9, 9, 9, 9, 9, 9, 9]);
  expect(row(15)).toEqual([...new Array(8).fill(200), ...new Array(8).fill(9)]);
});
