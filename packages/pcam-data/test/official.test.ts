import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPcam, openSpec } from '../src/node/index.js';
import { copyOf, fixture, gzipFile, hasReal, name, REAL, tempDir, writeH5 } from './support/files.js';
import { concat, H, label, mask, N, pixels, W } from './support/formula.js';

const LAYOUTS = [
  ['contiguous', 'train'],
  ['chunked', 'valid'],
  ['tiles', 'test'],
  ['userblock', 'train'],
] as const;

describe.each(LAYOUTS)('official files, %s', (layout, split) => {
  it('gives the patches that h5py wrote, in any order, also repeated', async () => {
    const data = await openPcam(fixture(layout), split);
    expect(data).toMatchObject({ name: `${layout}/${split}`, length: N, height: H, width: W });
    expect([...data.labels]).toEqual(Array.from({ length: N }, (_, i) => label(i)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(N - 1), { maxLength: 20 }), async (index) => {
        const read = await data.read(index);
        expect([...read.index]).toEqual(index);
        expect([...read.labels]).toEqual(index.map(label));
        expect(Buffer.compare(read.images, concat(index.map((i) => pixels(i))))).toBe(0);
        if (data.hasMasks) expect(Buffer.compare(read.masks!, concat(index.map(mask)))).toBe(0);
        else expect(read.masks).toBeUndefined();
      }),
      { numRuns: 30 },
    );
    await data.close();
  });

  it('gives the same with a cache too small for a chunk', async () => {
    const data = await openPcam(fixture(layout), split, { cacheBytes: 1 });
    const { images } = await data.read([6, 0, 3]);
    expect(Buffer.compare(images, concat([6, 0, 3].map((i) => pixels(i))))).toBe(0);
    await data.close();
  });
});

describe('official files', () => {
  it('reads the meta CSV', async () => {
    const data = await openPcam(fixture('contiguous'), 'train');
    expect(data.slides).toEqual(['0', '0', '0', '0', '1', '1', '1'].map((k) => `camelyon16_train_${k}`));
    expect([...data.metadata!.coordY]).toEqual([1000, 1001, 1002, 1003, 1004, 1005, 1006]);
    expect([...data.metadata!.coordX]).toEqual([0, -5, -10, -15, -20, -25, -30]);
    expect([...data.metadata!.centerTumorPatch]).toEqual([0, 1, 0, 0, 1, 0, 0]);
    // Patch 3 is negative with tumour outside its centre.
    expect([...data.tumorPatch!]).toEqual([0, 1, 0, 1, 1, 0, 0]);
    await data.close();
  });

  it('can be opened again from its spec, which is plain JSON', async () => {
    const data = await openPcam(fixture('contiguous'), 'train');
    const again = await openSpec(JSON.parse(JSON.stringify(data.spec)));
    expect(again.length).toBe(N);
    expect((await again.read([2])).images).toEqual((await data.read([2])).images);
    await data.close();
    await again.close();
  });

  it.each([[-1], [N], [0.5], [Number.NaN]])('refuses index %s by name', async (bad) => {
    const data = await openPcam(fixture('contiguous'), 'train');
    await expect(data.read([0, bad])).rejects.toThrow(
      new RangeError(`contiguous/train has no patch ${bad}; its patches are 0 to 6`),
    );
    await data.close();
  });

  it('closes twice without complaint, and is not read after that', async () => {
    const data = await openPcam(fixture('contiguous'), 'train');
    await data.close();
    await data.close();
    await expect(data.read([0])).rejects.toThrow('contiguous/train is closed');
  });

  it('reads from a path with spaces and umlauts', async () => {
    const dir = join(await tempDir(), 'Gewebe süß');
    await mkdir(dir);
    await cp(fixture('contiguous'), dir, { recursive: true });
    const data = await openPcam(dir, 'train');
    expect((await data.read([4])).images).toEqual(pixels(4));
    await data.close();
  });

  it('reads plain and gzipped parts together', async () => {
    const dir = await copyOf('contiguous');
    await gzipFile(join(dir, name('train', 'x.h5')));
    await gzipFile(join(dir, name('train', 'mask.h5')));
    const data = await openPcam(dir, 'train');
    expect((await data.read([5])).images).toEqual(pixels(5));
    expect((await data.read([1])).masks).toEqual(mask(1));
    await data.close();
  });
});

describe('bad official files', () => {
  const n = 3;
  const good = {
    x: { data: new Uint8Array(n * 16 * 16 * 3), shape: [n, 16, 16, 3] },
    y: { data: Uint8Array.of(0, 1, 0), shape: [n, 1, 1, 1] },
    mask: { data: new Uint8Array(n * 256), shape: [n, 16, 16, 1] },
  };
  type Part = keyof typeof good;
  type Files = Record<Part, Parameters<typeof writeH5>[1]>;
  const write = async (change: Partial<Files>): Promise<string> => {
    const dir = await tempDir();
    for (const part of ['x', 'y', 'mask'] as const)
      await writeH5(join(dir, name('train', `${part}.h5`)), change[part] ?? { [part]: good[part] });
    return dir;
  };

  it.each<[string, Partial<Files>, string, RegExp]>([
    [
      'x under another key',
      { x: { images: good.x } },
      'missing-key',
      /_x\.h5 has no array "x"; it holds "images"$/,
    ],
    [
      'labels in the place of images',
      { x: { y: good.y } },
      'missing-key',
      /_x\.h5 has no array "x"; it holds "y"/,
    ],
    ['an empty file', { y: {} }, 'missing-key', /it holds nothing/],
    [
      'float images',
      { x: { x: { data: new Float32Array(n * 48), shape: [n, 4, 4, 3], dtype: '<f' } } },
      'wrong-dtype',
      /"x" holds float32, but images must be uint8/,
    ],
    [
      'grey images',
      { x: { x: { data: new Uint8Array(n * 16), shape: [n, 4, 4, 1] } } },
      'wrong-shape',
      /shape \(3, 4, 4, 1\), but images must have 3 channels/,
    ],
    [
      'channels first',
      { x: { x: { data: new Uint8Array(n * 48), shape: [n, 3, 4, 4] } } },
      'wrong-shape',
      /channels first/,
    ],
    [
      'images without channels',
      { x: { x: { data: new Uint8Array(n * 16), shape: [n, 4, 4] } } },
      'wrong-shape',
      /must be \(N, height, width, 3\)/,
    ],
    [
      'fewer labels than images',
      { y: { y: { data: Uint8Array.of(0, 1), shape: [2, 1, 1, 1] } } },
      'length-mismatch',
      /_x\.h5 has 3 patches, but .*_y\.h5 has 2 labels/,
    ],
    [
      'a label 2',
      { y: { y: { data: Uint8Array.of(0, 1, 2), shape: [3] } } },
      'bad-label',
      /_y\.h5: label 2 is 2, but labels must be 0 or 1/,
    ],
    [
      'float labels',
      { y: { y: { data: Float32Array.of(0, 1, 0), shape: [3], dtype: '<f' } } },
      'wrong-dtype',
      /labels must be integers/,
    ],
    [
      'labels of two columns',
      { y: { y: { data: new Uint8Array(6), shape: [3, 2] } } },
      'wrong-shape',
      /labels must be \(N, 1, 1, 1\) or \(N,\)/,
    ],
    [
      'masks of another size',
      { mask: { mask: { data: new Uint8Array(n * 64), shape: [n, 8, 8, 1] } } },
      'wrong-shape',
      /masks must be \(N, 16, 16, 1\)/,
    ],
    [
      'too few masks',
      { mask: { mask: { data: new Uint8Array(256), shape: [1, 16, 16] } } },
      'length-mismatch',
      /has 1 masks, but the split has 3 patches/,
    ],
  ])('%s', async (_, change, code, message) => {
    const error = await openPcam(await write(change), 'train').catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'DataError', code, message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain('\n');
  });

  it('a mask pixel 7', async () => {
    const data = new Uint8Array(n * 256);
    data[300] = 7;
    const dataset = await openPcam(await write({ mask: { mask: { data, shape: [n, 16, 16, 1] } } }), 'train');
    await expect(dataset.read([0, 2])).resolves.toBeDefined();
    await expect(dataset.read([2, 1])).rejects.toMatchObject({
      code: 'bad-mask',
      message: expect.stringMatching(/mask 1 has a pixel 7/),
    });
    await dataset.close();
  });

  it('a meta CSV of another length, without a column, with other words', async () => {
    const dir = await copyOf('contiguous');
    const meta = join(dir, name('train', 'meta.csv'));
    const head = ',coord_y,coord_x,tumor_patch,center_tumor_patch,wsi\n';
    await writeFile(meta, `${head}0,1,2,True,False,a\n`);
    await expect(openPcam(dir, 'train')).rejects.toMatchObject({ code: 'length-mismatch' });
    await writeFile(meta, 'a,b\n1,2\n');
    await expect(openPcam(dir, 'train')).rejects.toThrow(/no column "coord_y"; its columns are a, b/);
    await writeFile(meta, `${head}${'0,1,2,True,perhaps,a\n'.repeat(N)}`);
    await expect(openPcam(dir, 'train')).rejects.toThrow(/line 2: "center_tumor_patch" is "perhaps"/);
    await writeFile(meta, `${head}\r\n\r\n${'0,1,2,True,,a\r\n'.repeat(N)}`);
    await expect(openPcam(dir, 'train')).rejects.toThrow(/line 4: "center_tumor_patch" is missing/);
  });

  it('a meta CSV as other programs save it is read', async () => {
    const dir = await copyOf('contiguous');
    const meta = join(dir, name('train', 'meta.csv'));
    const rows = Array.from({ length: N }, (_, i) => `" ${i}.0" , -1,"1.0",FALSE," slide, ${i}"`);
    const head = 'coord_y,coord_x , "tumor_patch",center_tumor_patch,wsi';
    await writeFile(meta, `\uFEFF${[head, ...rows].join('\r\n')}\r\n,,,,\r\n`);
    const { metadata } = await openPcam(dir, 'train');
    expect([...metadata!.coordY]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect([...metadata!.tumorPatch, ...metadata!.centerTumorPatch]).toEqual([
      ...Array(N).fill(1),
      ...Array(N).fill(0),
    ]);
    expect(metadata!.wsi[2]).toBe('slide, 2');
  });

  it('missing folder, split and counterpart', async () => {
    await expect(openPcam(join(await tempDir(), 'none'), 'train')).rejects.toMatchObject({
      code: 'missing-file',
    });
    await expect(openPcam(fixture('contiguous'), 'test')).rejects.toMatchObject({
      code: 'missing-split',
      message: expect.stringMatching(/has no split "test" .*; it has train$/),
    });
    await expect(openPcam(await tempDir(), 'test')).rejects.toThrow(/it has no PCam files at all/);
    const dir = await copyOf('contiguous');
    await rm(join(dir, name('train', 'y.h5')));
    await expect(openPcam(dir, 'train')).rejects.toMatchObject({ code: 'missing-file' });
  });
});

describe.skipIf(!hasReal)('real patches (skipped where ../shared/data is absent)', () => {
  it.each([
    ['pcam-real', 'train', 1719, 661, 96, false],
    ['pcam-real', 'valid', 400, 159, 96, false],
    ['pcam-real', 'test', 400, 152, 96, false],
    ['camelyon16-masked', 'test', 32, 15, 64, true],
  ])('%s/%s', async (dir, split, length, positives, size, masks) => {
    const data = await openPcam(join(REAL, dir), split, { cacheDir: await tempDir() });
    expect(data).toMatchObject({ length, height: size, width: size, hasMasks: masks });
    expect(data.labels.reduce((a, b) => a + b, 0)).toBe(positives);
    const index = [length - 1, 0, 7];
    const read = await data.read(index);
    for (const [k, i] of index.entries()) {
      const alone = (await data.read([i])).images;
      expect(Buffer.compare(alone, read.images.subarray(k * alone.length, (k + 1) * alone.length))).toBe(0);
      // Stained tissue is neither black nor white, and redder than green.
      const mean = (c: number): number =>
        alone.filter((_, p) => p % 3 === c).reduce((a, b) => a + b, 0) / size ** 2;
      expect(mean(0)).toBeGreaterThan(mean(1));
    }
    await data.close();
  });
});
