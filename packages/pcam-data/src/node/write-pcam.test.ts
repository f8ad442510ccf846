import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { File as H5File, ready } from 'h5wasm/node';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../../test/support/files.js';
import { openPcam } from './official.js';
import { type PatchChunk, type WritePcamSplitOptions, writePcamSplit } from './write-pcam.js';

const SIZE = 64;

function chunk(from: number, labels: readonly number[]): PatchChunk {
  const n = labels.length;
  return {
    images: Uint8Array.from({ length: n * SIZE * SIZE * 3 }, (_, i) => (i * 7 + from) % 256),
    labels: Uint8Array.from(labels),
    masks: Uint8Array.from(
      { length: n * SIZE * SIZE },
      (_, i) => labels[Math.floor(i / (SIZE * SIZE))] as number,
    ),
    meta: labels.map((label, i) => ({
      y: 10 * (from + i),
      x: 3,
      tumorPatch: label === 1,
      centerTumorPatch: label === 1,
      slide: `slide_${from}`,
    })),
  };
}

const chunks = [chunk(0, [0, 1, 1]), chunk(3, [0]), chunk(4, [1, 0])];
const options = (dir: string): WritePcamSplitOptions => ({
  dir,
  split: 'valid',
  n: 6,
  size: SIZE,
  masks: true,
  meta: true,
  chunks,
});

describe('writePcamSplit', () => {
  it('writes what openPcam reads back', async () => {
    const dir = join(await tempDir(), 'new', 'folder');
    const progress: number[] = [];
    const paths = await writePcamSplit({ ...options(dir), onProgress: (done) => progress.push(done) });
    expect(paths).toHaveLength(4);
    expect(progress).toEqual([3, 4, 6]);
    const dataset = await openPcam(dir, 'valid');
    expect([...dataset.labels]).toEqual([0, 1, 1, 0, 1, 0]);
    expect(dataset.slides).toEqual(['slide_0', 'slide_0', 'slide_0', 'slide_3', 'slide_4', 'slide_4']);
    expect([...(dataset.metadata?.coordY ?? [])]).toEqual([0, 10, 20, 30, 40, 50]);
    const { images, masks } = await dataset.read([4, 1]);
    const pixels = SIZE * SIZE;
    expect(images.subarray(0, pixels * 3)).toEqual(chunks[2]?.images.subarray(0, pixels * 3));
    expect(images.subarray(pixels * 3)).toEqual(chunks[0]?.images.subarray(pixels * 3, pixels * 6));
    expect(masks).toEqual(new Uint8Array(2 * pixels).fill(1));
    await dataset.close();
  });

  it('writes the official keys, shapes and types, as the HDF5 library sees them', async () => {
    const dir = await tempDir();
    await writePcamSplit(options(dir));
    await ready;
    for (const [part, shape] of [
      ['x', [6, SIZE, SIZE, 3]],
      ['y', [6, 1, 1, 1]],
      ['mask', [6, SIZE, SIZE, 1]],
    ] as const) {
      const file = new H5File(join(dir, `camelyonpatch_level_2_split_valid_${part}.h5`), 'r');
      expect(file.keys()).toEqual([part]);
      const array = file.get(part) as { shape: number[]; dtype: string };
      expect(array.shape).toEqual(shape);
      expect(array.dtype).toBe('<B');
      file.close();
    }
  });

  it('leaves out mask and meta where there are none, also old ones', async () => {
    const dir = await tempDir();
    await writePcamSplit(options(dir));
    const plain = chunks.map(({ images, labels }) => ({ images, labels }));
    await writePcamSplit({ dir, split: 'valid', n: 6, size: SIZE, chunks: plain, overwrite: true });
    expect((await readdir(dir)).sort()).toEqual([
      'camelyonpatch_level_2_split_valid_x.h5',
      'camelyonpatch_level_2_split_valid_y.h5',
    ]);
  });

  it('leaves nothing behind, and what was there whole, when the patches stop coming', async () => {
    const dir = await tempDir();
    async function* failing(): AsyncGenerator<PatchChunk> {
      yield chunk(0, [0, 1, 1]);
      expect((await readdir(dir)).filter((name) => name.endsWith('.tmp'))).toHaveLength(4);
      throw new Error('the scanner is on fire');
    }
    await expect(writePcamSplit({ ...options(dir), chunks: failing() })).rejects.toThrow('on fire');
    expect(await readdir(dir)).toEqual([]);
    const [x = ''] = await writePcamSplit(options(dir));
    const before = await readFile(x);
    const again = writePcamSplit({ ...options(dir), overwrite: true, chunks: failing() });
    await expect(again).rejects.toThrow('on fire');
    expect(await readFile(x)).toEqual(before);
    expect(await readdir(dir)).toHaveLength(4);
  });

  it.each([
    ['x.h5', {}, 'or pass overwrite: true'],
    ['mask.h5', { masks: false, chunks: [] }, 'or pass overwrite: true'],
    ['x.h5.gz', { overwrite: true }, 'or move it away'],
    ['mask.h5.gz', { overwrite: true }, 'or move it away'],
  ])('takes no place of a %s that is there', async (part, change, message) => {
    const dir = await tempDir();
    const path = join(dir, `camelyonpatch_level_2_split_valid_${part}`);
    await writeFile(path, 'seven hours of download');
    await expect(writePcamSplit({ ...options(dir), ...change })).rejects.toMatchObject({
      code: 'unwritable',
      message: `${path} is there already; choose another folder, ${message}`,
    });
    expect(await readFile(path, 'utf8')).toBe('seven hours of download');
    expect(await readdir(dir)).toHaveLength(1);
  });

  it.each([
    ['too few patches', { chunks: chunks.slice(0, 2) }, 'split valid: 4 patches came where 6 were announced'],
    ['too many patches', { n: 5 }, 'split valid: more than the announced 5 patches came'],
    ['another size', { size: 96 }, 'images has length 36864, but 82944 is expected'],
    ['masks that were not announced', { masks: false }, 'masks has length 12288, but 0 is expected'],
    ['no patches', { n: 0 }, 'n must be a whole number of at least 1, not 0'],
    ['more than the disk holds', { n: 2 ** 45 }, /needs \d+ MB and has \d+ MB free; free some/],
  ] as const)('refuses %s in one line and leaves nothing', async (_, change, message) => {
    const dir = await tempDir();
    const error = await writePcamSplit({ ...options(dir), ...change }).catch((e: unknown) => e as Error);
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain('\n');
    expect(await readdir(dir)).toEqual([]);
  });

  it('says in one line where it cannot write', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'file'), '');
    await expect(writePcamSplit(options(join(dir, 'file', 'below')))).rejects.toThrow(
      /^cannot write .*below: a part of the path is a file; choose another folder$/,
    );
    await mkdir(join(dir, 'camelyonpatch_level_2_split_valid_y.h5'));
    await expect(writePcamSplit(options(dir))).rejects.toThrow(/^cannot write .*_y\.h5: it is a folder$/);
    expect((await readdir(dir)).sort()).toEqual(['camelyonpatch_level_2_split_valid_y.h5', 'file']);
  });
});
