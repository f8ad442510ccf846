import { cp, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDataset, openFlat, openFolder, openKaggle, openPcam, prepareFlat } from '../src/node/index.js';
import { copyOf, fixture, name, tempDir } from './support/files.js';
import { pixels } from './support/formula.js';

const WHOLE = { fractions: { train: 1, valid: 0, test: 0 } };
const CSV = 'train_labels.csv';
let png: Buffer;
beforeAll(async () => {
  png = await sharp(pixels(1, 32, 32), { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer();
});

async function kaggle(n: number): Promise<string> {
  const dir = await tempDir();
  await mkdir(join(dir, 'train'));
  const tif = await sharp(png).tiff({ compression: 'lzw' }).toBuffer();
  for (let i = 0; i < n; i++) {
    const file = join(dir, 'train', `id${i}.tif`);
    await writeFile(file, tif);
    await utimes(file, 1e9, 1e9); // whole seconds, which every copy keeps
  }
  await writeFile(join(dir, CSV), csv(n, 0));
  return dir;
}

const csv = (n: number, first: number): string =>
  `id,label\n${Array.from({ length: n }, (_, i) => `id${i},${(i + first) % 2}\n`).join('')}`;

async function classes(n: number, split = ''): Promise<string> {
  const dir = await tempDir();
  for (const label of ['0', '1']) {
    await mkdir(join(dir, split, label), { recursive: true });
    for (let i = 0; i < n; i++) await writeFile(join(dir, split, label, `${label}-${i}.png`), png);
  }
  return dir;
}

/** The same bytes, time of change and size, but other labels. */
async function swapLabels(dir: string, n: number): Promise<void> {
  const { atime, mtime } = await stat(join(dir, CSV));
  await writeFile(join(dir, CSV), csv(n, 1));
  await utimes(join(dir, CSV), atime, mtime);
}

async function prepared(
  open: () => Promise<Awaited<ReturnType<typeof openDataset>>>,
  file: string,
): Promise<boolean> {
  const data = await open();
  try {
    return await prepareFlat(data, file);
  } finally {
    await data.close();
  }
}

const labels = async (file: string): Promise<number[]> => {
  const flat = await openFlat(file);
  await flat.close();
  return [...flat.labels];
};

describe('a flat cache whose source changed', () => {
  it.each([3, 20])(
    'is told, and prepared anew, where 0 and 1 are swapped in Kaggle’s CSV of %d images',
    async (n) => {
      const dir = await kaggle(n);
      const file = join(dir, 'flat', 'train.pcamflat');
      const open = () => openKaggle(dir, 'train', WHOLE);
      expect(await prepared(open, file)).toBe(true);
      expect(await prepared(open, file)).toBe(false);
      const before = await labels(file);
      await swapLabels(dir, n);
      await expect(openFlat(file)).rejects.toMatchObject({
        code: 'stale',
        message: `${file} was prepared from ${dir}, where ${CSV} has changed since; run pcam-data prepare again, or delete it`,
      });
      expect(await prepared(open, file)).toBe(true);
      expect(await labels(file)).toEqual(before.map((label) => 1 - label));
    },
  );

  it('is told where it lies in the folder itself and would win over its source', async () => {
    const dir = await kaggle(3);
    await prepared(() => openKaggle(dir, 'train', WHOLE), join(dir, 'train.pcamflat'));
    await (await openDataset(dir, 'train')).close();
    await swapLabels(dir, 3);
    await expect(openDataset(dir, 'train')).rejects.toMatchObject({ code: 'stale' });
    const source = await openDataset(dir, 'train', { useCache: false, ...WHOLE });
    expect(source.spec.kind).toBe('kaggle');
    expect(await prepareFlat(source, join(dir, 'train.pcamflat'))).toBe(true);
    await (await openDataset(dir, 'train')).close();
  });

  it.each([
    [2, ''],
    [12, ''],
    [2, 'train'],
  ])('is told where one of %d images moves to the other class (%s)', async (n, split) => {
    const dir = await classes(n, split);
    const file = join(await tempDir(), 'train.pcamflat');
    const open = () => openFolder(dir, 'train', WHOLE);
    await prepared(open, file);
    await rename(join(dir, split, '0', '0-1.png'), join(dir, split, '1', '0-1.png'));
    await expect(openFlat(file)).rejects.toMatchObject({ code: 'stale' });
    expect(await prepared(open, file)).toBe(true);
    expect((await labels(file)).reduce((a, b) => a + b)).toBe(n + 1);
  });

  it.each<[string, (dir: string) => Promise<void>]>([
    ['comes', (dir) => writeFile(join(dir, '1', 'new.png'), png)],
    ['goes', (dir) => rm(join(dir, '1', '1-0.png'))],
    ['is another', (dir) => utimes(join(dir, '1', '1-0.png'), 1e9, 1e9)],
  ])('is told where one of many images %s', async (_, change) => {
    const dir = await classes(10);
    const file = join(await tempDir(), 'train.pcamflat');
    await prepared(() => openFolder(dir, 'train', WHOLE), file);
    await change(dir);
    await expect(openFlat(file)).rejects.toMatchObject({
      code: 'stale',
      message: expect.stringMatching(
        /where (images have|20 files have become (19|21): they have) changed since/,
      ),
    });
  });

  it('is told where official labels change and their file’s time does not, or masks come', async () => {
    const dir = await copyOf('contiguous');
    const file = join(await tempDir(), 'train.pcamflat');
    const mask = await readFile(join(dir, name('train', 'mask.h5')));
    await rm(join(dir, name('train', 'mask.h5')));
    await prepared(() => openPcam(dir, 'train'), file);
    await writeFile(join(dir, name('train', 'mask.h5')), mask);
    await expect(openFlat(file)).rejects.toThrow(`where ${name('train', 'mask.h5')} has changed`);
    await rm(join(dir, name('train', 'mask.h5')));
    await (await openFlat(file)).close();
    const y = join(dir, name('train', 'y.h5'));
    const { atime, mtime } = await stat(y);
    const bytes = await readFile(y);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(y, bytes);
    await utimes(y, atime, mtime);
    await expect(openFlat(file)).rejects.toThrow(`where ${name('train', 'y.h5')} has changed`);
  });

  it('is told where the list of labels is deleted, or official masks are, and the images stay', async () => {
    const [dir, official] = [await kaggle(3), await copyOf('contiguous')];
    const [a, b] = [join(dir, 'a.pcamflat'), join(official, 'b.pcamflat')];
    await prepared(() => openKaggle(dir, 'train', WHOLE), a);
    await prepared(() => openPcam(official, 'train'), b);
    await rm(join(dir, CSV));
    await rm(join(official, name('train', 'mask.h5')));
    await expect(openFlat(a)).rejects.toThrow(`where ${CSV} has changed`);
    await expect(openFlat(b)).rejects.toThrow(`where ${name('train', 'mask.h5')} has changed`);
  });

  it('is told of a copy of both, which speaks of itself', async () => {
    const dir = await kaggle(3);
    await prepared(() => openKaggle(dir, 'train', WHOLE), join(dir, 'train.pcamflat'));
    const copy = join(await tempDir(), 'copy');
    await cp(dir, copy, { recursive: true, preserveTimestamps: true });
    const flat = await openFlat(join(copy, 'train.pcamflat'));
    expect(flat.origin).toMatchObject({ dir: copy, state: 'unchanged' });
    await flat.close();
    await swapLabels(copy, 3);
    await expect(openFlat(join(copy, 'train.pcamflat'))).rejects.toThrow(`prepared from ${copy}`);
    await (await openFlat(join(dir, 'train.pcamflat'))).close();
  });

  it('is told of a cache that was prepared from a cache', async () => {
    const dir = await kaggle(3);
    const [first, second] = [join(await tempDir(), 'a.pcamflat'), join(await tempDir(), 'b.pcamflat')];
    await prepared(() => openKaggle(dir, 'train', WHOLE), first);
    await prepared(() => openFlat(first), second);
    await expect(prepared(() => openFlat(first), first)).rejects.toThrow('is what would be read');
    await swapLabels(dir, 3);
    await expect(openFlat(second)).rejects.toThrow(`prepared from ${dir}`);
  });

  it('is not made of a data set that has changed since it was opened', async () => {
    const dir = await kaggle(3);
    const file = join(await tempDir(), 'train.pcamflat');
    const data = await openKaggle(dir, 'train', WHOLE);
    await swapLabels(dir, 3);
    await expect(prepareFlat(data, file)).rejects.toMatchObject({
      code: 'stale',
      message: expect.stringContaining('has changed since it was opened; open it again'),
    });
  });
});

describe('a flat cache', () => {
  it('is of use where its source is gone, wholly or but for small files and packed copies', async () => {
    const dir = await copyOf('contiguous');
    const file = join(dir, 'train.pcamflat');
    await prepared(() => openPcam(dir, 'train'), file);
    await rename(join(dir, name('train', 'x.h5')), join(dir, `${name('train', 'x.h5')}.gz`));
    const flat = await openDataset(dir, 'train');
    expect(flat).toMatchObject({ origin: { state: 'gone' }, length: 7 });
    await flat.close();
  });

  it('is refused where another division is asked for', async () => {
    const dir = await kaggle(20);
    await prepared(() => openKaggle(dir, 'train', { seed: 1 }), join(dir, 'train.pcamflat'));
    await (await openDataset(dir, 'train')).close();
    await (await openDataset(dir, 'train', { seed: 1 })).close();
    await expect(openDataset(dir, 'train', { seed: 2 })).rejects.toMatchObject({
      code: 'stale',
      message: expect.stringMatching(
        /was prepared with seed 1, not 2; prepare it again with that, or open .* itself$/,
      ),
    });
    await expect(openDataset(dir, 'train', WHOLE)).rejects.toThrow(
      'was prepared with fractions {"train":0.8',
    );
  });

  it('as a file of its own is the split that it holds, and no other', async () => {
    const file = join(await tempDir(), 'any.bin');
    await prepared(() => openPcam(fixture('contiguous'), 'train'), file);
    await (await openDataset(file, 'train')).close();
    await expect(openDataset(file, 'valid')).rejects.toMatchObject({
      code: 'missing-split',
      message: `${file} has no split "valid"; it has train`,
    });
  });

  it('takes the place of no other file, nor of another folder’s cache unless told to', async () => {
    const to = await tempDir();
    const file = join(to, 'train.pcamflat');
    const open = () => openPcam(fixture('contiguous'), 'train');
    await writeFile(file, 'my notes');
    await expect(prepared(open, file)).rejects.toMatchObject({
      code: 'unwritable',
      message: `${file} is there and is no flat cache; move it away, or prepare into another file`,
    });
    expect(await readFile(file, 'utf8')).toBe('my notes');
    await rm(file);
    const other = await kaggle(3);
    await prepared(() => openKaggle(other, 'train', WHOLE), file);
    await expect(prepared(open, file)).rejects.toThrow(
      `${file} is the flat cache of ${other}; prepare into another`,
    );
    expect(await labels(file)).toHaveLength(3);
    const data = await open();
    expect(await prepareFlat(data, file, { force: true })).toBe(true);
    await data.close();
    expect(await labels(file)).toHaveLength(7);
  });

  it('is whole though two prepare it at a time', async () => {
    const file = join(await tempDir(), 'train.pcamflat');
    const open = () => openPcam(fixture('contiguous'), 'train');
    expect(await Promise.all([prepared(open, file), prepared(open, file)])).toEqual([true, true]);
    expect(await labels(file)).toHaveLength(7);
  });
});
