import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { splitOf } from '../src/node/fractions.js';
import {
  detectLayout,
  openDataset,
  openFlat,
  openFolder,
  openKaggle,
  openSpec,
  prepareFlat,
} from '../src/node/index.js';
import { fixture, tempDir } from './support/files.js';
import { pixels } from './support/formula.js';

const SIZE = 32;

async function image(path: string, i: number, size = SIZE): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const pipeline = sharp(pixels(i, size, size), { raw: { width: size, height: size, channels: 3 } });
  // sharp's TIFFs are JPEG inside by default, which loses.
  if (/\.tiff?$/.test(path)) pipeline.tiff({ compression: 'lzw' });
  await pipeline.toFile(path);
}

const id = (i: number): string => `${i.toString(16).padStart(2, '0')}`.repeat(20);

async function kaggle(n = 20): Promise<string> {
  const dir = await tempDir();
  for (let i = 0; i < n; i++) await image(join(dir, 'train', `${id(i)}.tif`), i);
  const rows = Array.from({ length: n }, (_, i) => `${id(i)},${i % 2}`);
  await writeFile(join(dir, 'train_labels.csv'), `id,label\r\n${rows.join('\r\n')}\r\n`);
  return dir;
}

describe("Kaggle's layout", () => {
  it('divides train/ into three parts that share no image and together hold all', async () => {
    const dir = await kaggle();
    const seen: number[] = [];
    for (const split of ['train', 'valid', 'test']) {
      const data = await openDataset(dir, split, { fractions: { train: 0.5, valid: 0.25, test: 0.25 } });
      expect(data).toMatchObject({ height: SIZE, width: SIZE, hasMasks: false });
      const { images, labels } = await data.read(Array.from({ length: data.length }, (_, k) => k));
      data.sources.forEach((path, k) => {
        const i = Array.from({ length: 20 }, (_, j) => j).find((j) => path.includes(id(j)))!;
        seen.push(i);
        expect(splitOf(id(i), { fractions: { train: 0.5, valid: 0.25, test: 0.25 } })).toBe(split);
        expect(labels[k]).toBe(i % 2);
        expect(images.subarray(k * SIZE ** 2 * 3, (k + 1) * SIZE ** 2 * 3)).toEqual(pixels(i, SIZE, SIZE));
      });
      const again = await openSpec(structuredClone(data.spec));
      expect(again.sources).toEqual(data.sources);
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('can be prepared as a flat cache', async () => {
    const data = await openKaggle(await kaggle(), 'train');
    const file = join(await tempDir(), 'k.pcamflat');
    await prepareFlat(data, file);
    const flat = await openFlat(file);
    const index = Array.from({ length: data.length }, (_, k) => data.length - 1 - k);
    expect(await flat.read(index)).toEqual(await data.read(index));
    await flat.close();
  });

  it.each([
    ['id,label\nab,2\n', 'bad-label', /line 2: the label is "2"/],
    ['id,label\nab,1\nab,1\n', 'bad-metadata', /line 3: ab comes twice/],
    ['id,label\n../../x,1\n', 'bad-metadata', /is no image id/],
    ['id,label\n', 'bad-metadata', /train_labels\.csv has no rows/],
    ['name,label\nab,1\n', 'bad-metadata', /has no column "id"; its columns are name, label/],
    ['id;label\nab;1\n', 'bad-metadata', /is separated by semicolons; save it with commas/],
    [
      'id,label\nmissing,1\n',
      'missing-file',
      /missing\.tif does not exist \(.*\), but train_labels\.csv names it/,
    ],
  ])('refuses %j', async (csv, code, message) => {
    const dir = await kaggle(2);
    await writeFile(join(dir, 'train_labels.csv'), csv);
    const options = { fractions: { train: 1, valid: 0, test: 0 } };
    await expect(openKaggle(dir, 'train', options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

describe('division by hash', () => {
  it('keeps its shares, depends on the seed, and never on other images', () => {
    const ids = Array.from({ length: 4000 }, (_, i) => `image-${i}`);
    const share = (seed: number, split: string): number =>
      ids.filter((i) => splitOf(i, { seed }) === split).length / 4000;
    expect(share(0, 'train')).toBeCloseTo(0.8, 1);
    expect(share(0, 'valid')).toBeCloseTo(0.1, 1);
    expect(share(0, 'test')).toBeCloseTo(0.1, 1);
    expect(ids.some((i) => splitOf(i, { seed: 0 }) !== splitOf(i, { seed: 1 }))).toBe(true);
    // Written down, so that no later version divides anew.
    expect(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((i) => splitOf(i))).toEqual([
      'train',
      'valid',
      'train',
      'train',
      'valid',
      'train',
      'train',
      'train',
      'train',
    ]);
  });

  it('refuses shares that do not sum to 1', () => {
    expect(() => splitOf('a', { fractions: { train: 0.8, valid: 0.1, test: 0.2 } })).toThrow(/sum to 1/);
    expect(() => splitOf('a', { fractions: { train: 1.2, valid: -0.2, test: 0 } })).toThrow(/at least 0/);
  });
});

describe('a folder per class', () => {
  it.each([
    ['0', '1'],
    ['negative', 'positive'],
    ['Normal', 'Tumor'],
  ])('%s and %s, with folders of splits', async (negative, positive) => {
    const dir = await tempDir();
    await image(join(dir, 'train', negative, 'b.png'), 1);
    await image(join(dir, 'train', negative, 'a.tif'), 2);
    await image(join(dir, 'train', positive, 'c.tiff'), 3);
    await image(join(dir, 'val', negative, 'd.webp'), 4);
    await image(join(dir, 'val', positive, 'e.jpg'), 5);
    await writeFile(join(dir, 'train', positive, 'notes.txt'), 'no image');
    const data = await openDataset(dir, 'train');
    expect(data.spec).toMatchObject({ kind: 'folder' });
    expect([...data.labels]).toEqual([0, 0, 1]);
    const { images } = await data.read([2, 0]);
    expect(images.subarray(0, SIZE ** 2 * 3)).toEqual(pixels(3, SIZE, SIZE));
    expect(images.subarray(SIZE ** 2 * 3)).toEqual(pixels(2, SIZE, SIZE));
    expect((await openDataset(dir, 'valid')).length).toBe(2);
    await expect(openDataset(dir, 'test')).rejects.toMatchObject({
      code: 'missing-split',
      message: expect.stringMatching(/it has train, valid$/),
    });
  });

  it('without folders of splits, divided by name', async () => {
    const dir = await tempDir();
    for (let i = 0; i < 12; i++) await image(join(dir, i % 2 ? 'positive' : 'negative', `${i}.png`), i);
    const fractions = { train: 0.5, valid: 0.25, test: 0.25 };
    const parts = await Promise.all(['train', 'valid', 'test'].map((s) => openFolder(dir, s, { fractions })));
    expect(new Set(parts.flatMap((p) => p.sources)).size).toBe(12);
    expect(parts.reduce((n, p) => n + p.length, 0)).toBe(12);
    await expect(openFolder(dir, 'other')).rejects.toMatchObject({ code: 'missing-split' });
  });

  it('turns grey and transparent images into RGB', async () => {
    const dir = await tempDir();
    await image(join(dir, 'test/0/a.png'), 0);
    await mkdir(join(dir, 'test/1'));
    const grey = {
      create: {
        width: SIZE,
        height: SIZE,
        channels: 4 as const,
        background: { r: 9, g: 9, b: 9, alpha: 0.5 },
      },
    };
    await sharp(grey).png().toFile(join(dir, 'test/1/b.png'));
    await sharp(grey).greyscale().removeAlpha().png().toFile(join(dir, 'test/1/c.png'));
    const { images } = await (await openFolder(dir, 'test')).read([1, 2]);
    expect([...new Set(images)]).toEqual([9]);
  });

  it('names the image that is damaged or of another size', async () => {
    const dir = await tempDir();
    await image(join(dir, 'test/0/a.png'), 0);
    await image(join(dir, 'test/1/b.png'), 1, 16);
    await writeFile(join(dir, 'test/1/c.png'), 'nothing');
    const data = await openFolder(dir, 'test');
    await expect(data.read([1])).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringMatching(/b\.png is 16×16, but the first image of .* is 32×32/),
    });
    await expect(data.read([2])).rejects.toMatchObject({
      code: 'bad-image',
      message: expect.stringMatching(/c\.png cannot be decoded/),
    });
  });

  it('wants both classes and some images', async () => {
    const dir = await tempDir();
    await image(join(dir, 'test/0/a.png'), 0);
    await expect(openFolder(dir, 'test')).rejects.toMatchObject({ code: 'unknown-layout' });
    await mkdir(join(dir, 'test/1'));
    await rm(join(dir, 'test/0/a.png'));
    await expect(openFolder(dir, 'test')).rejects.toMatchObject({
      code: 'missing-file',
      message: expect.stringMatching(/holds no images/),
    });
  });
});

describe('folders that would lose images without a word', () => {
  const folders = async (...paths: string[]): Promise<string> => {
    const dir = await tempDir();
    for (const path of paths) await image(join(dir, path), 1);
    return dir;
  };

  it.each([
    ['0/a.png', '1/b.png', '2/c.png', '2'],
    ['train/0/a.png', 'train/1/b.png', 'train/2/c.png', '2'],
    // Two names of one class: which comes first is up to the file system.
    ['normal/a.png', 'tumor/b.png', 'benign/c.png', '(benign|normal)'],
  ])('a third class: %s, %s, %s', async (a, b, c, third) => {
    await expect(openFolder(await folders(a, b, c), 'train')).rejects.toMatchObject({
      code: 'unknown-layout',
      message: expect.stringMatching(`holds images of a third class, "${third}", beside "`),
    });
  });

  it('but other folders may lie there', async () => {
    const dir = await folders('0/a.png', '1/b.png', 'runs/1/chart.png', '.cache/c.png');
    const parts = await Promise.all(
      ['train', 'valid', 'test'].map((s) => openFolder(dir, s).catch(() => ({ length: 0 }))),
    );
    expect(parts.reduce((n, p) => n + p.length, 0)).toBe(2);
  });

  it('images of a kind that is not read, and a class without any', async () => {
    const dir = await folders('test/0/a.png', 'test/1/b.png');
    await writeFile(join(dir, 'test/1/c.bmp'), 'BM');
    await expect(openFolder(dir, 'test')).rejects.toThrow(
      /holds 1 images that are not read, e\.g\. c\.bmp; PNG, JPEG, TIFF and WebP are: convert them$/,
    );
    await rm(join(dir, 'test/1/c.bmp'));
    await rm(join(dir, 'test/1/b.png'));
    await expect(openFolder(dir, 'test')).rejects.toThrow(/test\/1 holds no images .*; it is empty$/);
    await rm(join(dir, 'test/1'), { recursive: true });
    await mkdir(join(dir, 'test/2'));
    await expect(openFolder(dir, 'test')).rejects.toThrow(/no folders of two classes .*; it holds 0, 2$/);
  });
});

describe('detection', () => {
  it('tells layouts apart', async () => {
    expect(await detectLayout(fixture('contiguous'), 'train')).toBe('pcam');
    expect(await detectLayout(await kaggle(1), 'train')).toBe('kaggle');
  });

  it('lists what it looked for', async () => {
    await expect(openDataset(await tempDir(), 'train')).rejects.toMatchObject({
      code: 'unknown-layout',
      message: expect.stringMatching(
        /camelyonpatch_level_2_split_train_x\.h5.*train\.pcamflat.*train_labels\.csv.*folders of classes/,
      ),
    });
    await expect(openDataset('/no/such/folder', 'train')).rejects.toThrow('/no/such/folder does not exist');
  });
});
