import { copyFile, cp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openH5 } from '../src/node/h5.js';
import { openPcam, verifyPcam } from '../src/node/index.js';
import { name, tempDir, writeH5 } from './support/files.js';
import { concat, pixels } from './support/formula.js';

const FILES = fileURLToPath(new URL('./fixtures/unwritten/', import.meta.url));
const [N, H, W] = [4, 6, 8];

/** What each row gives: its pixels' sum, or the error. */
async function rowsOf(file: string): Promise<(number | string)[]> {
  const source = await openH5(join(FILES, file));
  try {
    const array = source.array('x');
    return Array.from({ length: N }, (_, i) => {
      try {
        return array.rows(i, 1).reduce((a, b) => a + b, 0);
      } catch (error) {
        return (error as Error).message.replace(FILES, '');
      }
    });
  } finally {
    source.close();
  }
}

const sums = Array.from({ length: N }, (_, i) => pixels(i, H, W).reduce((a, b) => a + b, 0));

describe('chunks that were never written', () => {
  it.each([
    ['holes-gzip-btree.h5'],
    ['holes-fixed-array.h5'],
    ['holes-extensible-array.h5'],
    ['holes-filled-white.h5'],
  ])('%s: their rows are refused, the others read', async (file) => {
    const never = (i: number): string =>
      `${file}: row ${i} of "x" was never written (its chunk is not in the file); write the file again`;
    expect(await rowsOf(file)).toEqual([sums[0], never(1), never(2), sums[3]]);
  });

  it.each(['holes-paired.h5', 'holes-tiles.h5'])('%s: chunks of two rows', async (file) => {
    const source = await openH5(join(FILES, file));
    const array = source.array('x');
    expect(array.rows(0, 2)).toEqual(concat([pixels(0, H, W), pixels(1, H, W)]));
    expect(() => array.rows(0, 4)).toThrow(
      /rows 2 to 3 of "x" were never written \(their chunk is not in the file\); write the file again$/,
    );
    source.close();
  });

  it.each([
    ['black-gzip-btree.h5'],
    ['black-fixed-array.h5'],
    ['black-tiles.h5'],
    ['black-contiguous.h5'],
    ['black-compact.h5'],
  ])('%s: what was written black or white is read as such', async (file) => {
    const white = H * W * 3 * 255;
    expect(await rowsOf(file)).toEqual([0, 0, white, white]);
    // And again, when the chunks are known.
    expect(await rowsOf(file)).toEqual([0, 0, white, white]);
  });

  it('an array without any', async () => {
    await expect(rowsOf('never.h5')).rejects.toThrow(/never\.h5: nothing was ever written to "x"/);
  });

  it('labels among them would be negatives', async () => {
    const source = await openH5(join(FILES, 'labels.h5'));
    expect(() => source.array('y').integers()).toThrow(/rows 2 to 3 of "y" were never written/);
    source.close();
  });

  it('are an error of reading, and a problem to verify; masks may leave out what is empty', async () => {
    const dir = await tempDir();
    const put = (part: string): string => join(dir, name('train', part));
    await copyFile(join(FILES, 'holes-paired.h5'), put('x.h5'));
    await writeH5(put('y.h5'), { y: { data: new Uint8Array(N), shape: [N] } });
    const data = await openPcam(dir, 'train');
    await expect(data.read([3, 0])).rejects.toMatchObject({ code: 'corrupt' });
    expect((await data.read([1])).images).toEqual(pixels(1, H, W));
    await data.close();
    const [report] = (await verifyPcam(dir)).splits;
    expect(report!.problems).toEqual([expect.stringMatching(/rows 2 to 3 of "x" were never written/)]);

    await rename(put('x.h5'), put('mask.h5'));
    const masks = await openH5(put('mask.h5'));
    expect(masks.array('x', { sparse: true }).rows(2, 2)).toEqual(new Uint8Array(2 * H * W * 3));
    masks.close();
  });
});

describe('virtual data sets', () => {
  it('are read where their sources are there', async () => {
    expect(await rowsOf('virtual.h5')).toEqual(sums);
  });

  it.each([
    ['virtual-missing.h5', 'missing-file', /its source gone\.h5 does not exist; put it beside/],
    ['virtual-short.h5', 'corrupt', /whose sources hold only 288 of 576 values/],
  ])('%s is refused when opened', async (file, code, message) => {
    await expect(rowsOf(file)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('virtual-unmapped.h5 is refused where nothing is mapped', async () => {
    const none = (i: number): string =>
      `virtual-unmapped.h5: no source of the virtual data set "x" holds row ${i} of it; give their files, or copy the data into one`;
    expect(await rowsOf('virtual-unmapped.h5')).toEqual([sums[0], sums[1], none(2), none(3)]);
  });

  it('virtual-labels.h5 gives no labels that no source holds', async () => {
    const source = await openH5(join(FILES, 'virtual-labels.h5'));
    expect(() => source.array('y').integers()).toThrow(/no source of .* "y" holds row 2 of it/);
    source.close();
  });

  it('cannot be mistaken for good ones by verify', async () => {
    const dir = await tempDir();
    await cp(FILES, dir, { recursive: true });
    await rename(join(dir, 'virtual-missing.h5'), join(dir, name('train', 'x.h5')));
    await writeH5(join(dir, name('train', 'y.h5')), { y: { data: new Uint8Array(N), shape: [N] } });
    const report = await verifyPcam(dir, { quick: true });
    expect(report.splits[0]!.problems).toEqual([expect.stringMatching(/its source gone\.h5 does not exist/)]);
  });
});

describe('external storage', () => {
  // HDF5 looks for these files from the working folder.
  const before = process.cwd();
  beforeAll(() => process.chdir(FILES));
  afterAll(() => process.chdir(before));

  it('is read where it is there', async () => {
    expect(await rowsOf('external.h5')).toEqual(sums);
  });

  it.each([
    [
      'external-missing.h5',
      'missing-file',
      /keeps its values in another file, .*gone\.bin, which cannot be opened/,
    ],
    ['external-short.h5', 'truncated', /short\.bin ends before the values of "x" that .* keeps in it/],
  ])('%s is refused when opened', async (file, code, message) => {
    await expect(rowsOf(file)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('what stands in the place of an array', () => {
  it('a link to a file that is there, holes and all', async () => {
    expect(await rowsOf('link.h5')).toEqual([
      sums[0],
      expect.stringMatching(/row 1 of "x" was never written/),
      expect.stringMatching(/row 2 of "x" was never written/),
      sums[3],
    ]);
  });

  it.each([
    [
      'link-missing.h5',
      'missing-file',
      /"x" is a link to "\/x" of gone\.h5, which does not exist; put it beside/,
    ],
    ['link-no-array.h5', 'missing-key', /"x" is a link to "\/x" of first\.h5, which has no such array$/],
    ['soft-link.h5', 'missing-key', /"x" is a link to "\/images", which the file does not have$/],
    ['group.h5', 'missing-key', /"x" is a group \(of "images"\), but must be an array$/],
  ])('%s is named', async (file, code, message) => {
    await expect(rowsOf(file)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
