import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  type DataError,
  openDataset,
  openUnlabelled,
  prepareFlat,
  writeSyntheticPcam,
} from '../src/node/index.js';
import { tempDir } from './support/files.js';

const image = (path: string, shade: number, side = 8): Promise<unknown> =>
  sharp({ create: { width: side, height: side, channels: 3, background: { r: shade, g: 0, b: 0 } } }).toFile(
    path,
  );

/** The first byte of each patch, with its file. */
async function shades(path: string): Promise<[string, number][]> {
  const data = await openUnlabelled(path);
  const { images } = await data.read(Array.from({ length: data.length }, (_, i) => i));
  const bytes = data.height * data.width * 3;
  return data.files.map((file, i) => [file, images[i * bytes]!]);
}

describe('openUnlabelled', () => {
  it('reads images of a folder and its folders, sorted by path, or one alone', async () => {
    const dir = await tempDir();
    await mkdir(join(dir, 'b'));
    await image(join(dir, 'c.png'), 3);
    await image(join(dir, 'b', 'x.tif'), 2);
    await image(join(dir, 'a.png'), 1);
    await writeFile(join(dir, 'notes.txt'), 'mine');
    expect(await shades(dir)).toEqual([
      ['a.png', 1],
      ['b/x.tif', 2],
      ['c.png', 3],
    ]);
    expect(await shades(join(dir, 'c.png'))).toEqual([['c.png', 3]]);
  });

  it('names a broken image or one of another size, or leaves it out where it is told who hears', async () => {
    const dir = await tempDir();
    await image(join(dir, 'a.png'), 1);
    await image(join(dir, 'b.png'), 2, 9);
    await writeFile(join(dir, 'c.png'), 'no image');
    await image(join(dir, 'd.png'), 4);
    await expect(openUnlabelled(dir)).rejects.toThrow(/b\.png is 9×9, but .*a\.png is 8×8/);
    const broken: DataError[] = [];
    const { files } = await openUnlabelled(dir, { onBroken: (error) => broken.push(error) });
    expect(files).toEqual(['a.png', 'd.png']);
    expect(broken.map(({ message }) => message)).toEqual([
      expect.stringMatching(/b\.png is 9×9/),
      expect.stringMatching(/c\.png cannot be decoded/),
    ]);
  });

  it('reads x of HDF5 without y, by file or by split, and flat caches', async () => {
    const dir = await tempDir();
    await writeSyntheticPcam({ dir, seed: 1, splits: { train: 4, valid: 3, test: 2 } });
    const x = join(dir, 'camelyonpatch_level_2_split_valid_x.h5');
    const lone = join(await tempDir(), 'mine.h5');
    await copyFile(x, lone);
    const [named, split] = [await openUnlabelled(lone), await openUnlabelled(dir, { split: 'valid' })];
    const cache = join(await tempDir(), 'valid.pcamflat');
    const labelled = await openDataset(dir, 'valid');
    await prepareFlat(labelled, cache);
    await labelled.close();
    const flat = await openUnlabelled(cache);
    expect(named.files).toEqual(['mine.h5', 'mine.h5', 'mine.h5']);
    const all = await Promise.all([named, split, flat].map((data) => data.read([0, 1, 2])));
    expect(all[1]!.images).toEqual(all[0]!.images);
    expect(all[2]!.images).toEqual(all[0]!.images);
    for (const data of [named, split, flat]) await data.close();
  });

  it.each([
    ['a folder without images', 'holds no images'],
    ['a folder that is not there', 'does not exist'],
  ])('refuses %s', async (name, message) => {
    const dir = await tempDir();
    const path = name.includes('not there') ? join(dir, 'nowhere') : dir;
    await expect(openUnlabelled(path)).rejects.toThrow(message);
  });
});
