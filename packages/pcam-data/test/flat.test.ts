import { readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openDataset, openFlat, openPcam, openSpec, prepareFlat } from '../src/node/index.js';
import { copyOf, fixture, name, tempDir } from './support/files.js';
import { concat, label, mask, N, pixels } from './support/formula.js';

async function prepared(layout = 'contiguous', split = 'train'): Promise<{ dir: string; file: string }> {
  const dir = await copyOf(layout);
  const file = join(await tempDir(), `${split}.pcamflat`);
  const data = await openPcam(dir, split);
  expect(await prepareFlat(data, file)).toBe(true);
  await data.close();
  return { dir, file };
}

describe('flat cache', () => {
  it.each([
    ['contiguous', 'train'],
    ['chunked', 'valid'],
    ['tiles', 'test'],
  ])('holds what the %s files hold', async (layout, split) => {
    const { dir, file } = await prepared(layout, split);
    const [data, flat] = [await openPcam(dir, split), await openFlat(file)];
    for (const key of [
      'name',
      'length',
      'height',
      'width',
      'hasMasks',
      'labels',
      'tumorPatch',
      'slides',
    ] as const)
      expect(flat[key], key).toEqual(data[key]);
    const index = [6, 0, 0, 3, 1, 2, 4];
    expect(await flat.read(index)).toEqual(await data.read(index));
    expect((await flat.read([5])).images).toEqual(pixels(5));
    await data.close();
    await flat.close();
  });

  it('reads many at a time, whatever their order', async () => {
    const { file } = await prepared();
    const flat = await openFlat(file);
    const reads = Array.from({ length: 30 }, (_, k) => [(k * 5) % N, (k * 3 + 1) % N, k % N]);
    const all = await Promise.all(reads.map((index) => flat.read(index)));
    all.forEach(({ images, masks, labels }, k) => {
      expect(images).toEqual(concat(reads[k]!.map((i) => pixels(i))));
      expect(masks).toEqual(concat(reads[k]!.map(mask)));
      expect([...labels]).toEqual(reads[k]!.map(label));
    });
    await flat.close();
  });

  it('is found in its folder, and opened again from its spec', async () => {
    const { file } = await prepared();
    const data = await openDataset(join(file, '..'), 'train');
    expect(data.spec).toEqual({ kind: 'flat', file });
    const again = await openSpec(structuredClone(data.spec));
    expect(again.length).toBe(N);
    await expect(openDataset(join(file, '..'), 'test')).rejects.toMatchObject({
      code: 'missing-split',
      message: expect.stringMatching(/it has train$/),
    });
    await data.close();
    await again.close();
  });

  it('is written once, and again when its sources change', async () => {
    const { dir, file } = await prepared();
    const data = await openPcam(dir, 'train');
    const onProgress = vi.fn();
    expect(await prepareFlat(data, file, { onProgress })).toBe(false);
    expect(onProgress).not.toHaveBeenCalled();
    expect(await prepareFlat(data, file, { onProgress, force: true })).toBe(true);
    expect(onProgress.mock.lastCall?.[0]).toEqual({
      task: 'prepare train.pcamflat',
      done: N,
      total: N,
      unit: 'patches',
    });
    await utimes(join(dir, name('train', 'x.h5')), 1e9, 1e9);
    await expect(openFlat(file)).rejects.toMatchObject({
      code: 'stale',
      message: expect.stringContaining('pcam-data prepare'),
    });
    expect(await prepareFlat(data, file)).toBe(true);
    await (await openFlat(file)).close();
    await data.close();
  });

  it('is read where an older version wrote it without tumor_patch, and prepared anew to have it', async () => {
    const dir = await copyOf('contiguous');
    const file = join(await tempDir(), 'train.pcamflat');
    const data = await openPcam(dir, 'train');
    expect([...data.tumorPatch!]).toEqual([0, 1, 0, 1, 1, 0, 0]);
    await prepareFlat({ ...data, tumorPatch: undefined }, file);
    const old = await openFlat(file);
    expect([old.length, old.slides, 'tumorPatch' in old]).toEqual([N, data.slides, false]);
    await old.close();
    expect(await prepareFlat(data, file)).toBe(true);
    expect(await prepareFlat(data, file)).toBe(false);
    const flat = await openFlat(file);
    expect(flat.tumorPatch).toEqual(data.tumorPatch);
    await flat.close();
    await data.close();
  });

  it('is refused where an older version wrote it, which did not know its source, and prepared anew', async () => {
    const { dir, file } = await prepared();
    const old = (await readFile(file, 'latin1')).replace('"version":2', '"version":1');
    await writeFile(file, old, 'latin1');
    await expect(openFlat(file)).rejects.toMatchObject({
      code: 'stale',
      message: expect.stringMatching(/older version.*; run pcam-data prepare again$/),
    });
    const data = await openPcam(dir, 'train');
    expect(await prepareFlat(data, file)).toBe(true);
    await data.close();
  });

  it('does without its sources', async () => {
    const { dir, file } = await prepared();
    await rm(dir, { recursive: true });
    const flat = await openFlat(file);
    expect((await flat.read([1])).images).toEqual(pixels(1));
    expect(flat.origin).toMatchObject({ dir, state: 'gone' });
    await flat.close();
  });

  it('leaves nothing behind when reading fails midway', async () => {
    const data = await openPcam(fixture('contiguous'), 'train');
    const to = await tempDir();
    const broken = { ...data, read: () => Promise.reject(new Error('gone')) };
    await expect(prepareFlat(broken, join(to, 'a.pcamflat'))).rejects.toThrow('gone');
    expect(await readdir(to)).toEqual([]);
    await data.close();
  });

  it.each([
    ['truncated', 'truncated', (path: string) => truncate(path, 10_000)],
    ['empty', 'corrupt', (path: string) => truncate(path, 0)],
    ['another file', 'corrupt', (path: string) => writeFile(path, 'x'.repeat(5000))],
    [
      'another version',
      'corrupt',
      async (path: string) =>
        writeFile(path, (await readFile(path, 'latin1')).replace('"version":2', '"version":9'), 'latin1'),
    ],
    [
      'a header that is no JSON',
      'corrupt',
      async (path: string) =>
        writeFile(path, (await readFile(path, 'latin1')).replace('{"version"', '{version"'), 'latin1'),
    ],
  ])('refuses a damaged one: %s', async (_, code, damage) => {
    const { file } = await prepared();
    await damage(file);
    await expect(openFlat(file)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('pcam-data prepare'),
    });
  });
});
