import { createHash } from 'node:crypto';
import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatReport, type OfficialRecord, verifyPcam, ZENODO } from '../src/node/index.js';
import { copyOf, fixture, gzipFile, hasReal, name, REAL, tempDir, writeH5 } from './support/files.js';
import { N, pixels } from './support/formula.js';

const X = name('train', 'x.h5');
const Y = name('train', 'y.h5');

/** A record of which the fixture is the official train split. */
async function recordOf(dir: string): Promise<OfficialRecord> {
  const md5 = async (file: string): Promise<string> =>
    createHash('md5')
      .update(await readFile(join(dir, file)))
      .digest('hex');
  const unpacked = async (file: string) => ({ name: file, md5: await md5(file), bytes: 0 });
  const files = [
    { name: `${X}.gz`, md5: 'none', unpacked: await unpacked(X) },
    { name: `${Y}.gz`, md5: 'none', unpacked: await unpacked(Y) },
  ];
  return { ...ZENODO, splits: { ...ZENODO.splits, train: { length: N, files } } };
}

describe('verify', () => {
  it('reports what is there', async () => {
    const report = await verifyPcam(fixture('contiguous'));
    expect(report.ok).toBe(true);
    expect(report.splits).toHaveLength(1);
    expect(report.splits[0]).toMatchObject({
      split: 'train',
      patches: {
        length: 7,
        height: 32,
        width: 40,
        negatives: 5,
        positives: 2,
        withTumourPixels: 3,
        slides: 2,
      },
      problems: [],
      notes: ['not the official split: 7 of 262144 patches'],
    });
    expect(report.splits[0]!.files.map((f) => [f.name, f.bytes, f.official])).toContainEqual([
      X,
      28_928,
      false,
    ]);
    expect(formatReport(report).slice(0, 4)).toEqual([
      'train: good',
      '  7 patches of 32×40: 5 negative, 2 positive (28.6 %)',
      '  masks: 3 patches with tumour pixels',
      '  slides: 2',
    ]);
  });

  it('knows official files, and one bit that is wrong in them', async () => {
    const dir = await copyOf('contiguous');
    await rm(join(dir, name('train', 'meta.csv')));
    const record = await recordOf(dir);
    const good = await verifyPcam(dir, { record, official: true });
    expect(good.splits[0]!.files.filter((f) => f.official)).toHaveLength(2);
    const bytes = await readFile(join(dir, X));
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(join(dir, X), bytes);
    const bad = await verifyPcam(dir, { record });
    expect(bad.ok).toBe(false);
    expect(bad.splits[0]!.problems).toEqual([
      `${X} is not the official file, though others of its split are; download it again`,
    ]);
    expect((await verifyPcam(dir, { record, quick: true })).ok).toBe(true);
  });

  it('refuses an option that it does not know', async () => {
    await expect(verifyPcam(fixture('contiguous'), { quik: true } as object)).rejects.toThrow(
      /verifyPcam: unknown option 'quik'; did you mean 'quick'\?/,
    );
  });

  it('asks nothing official of a packed meta CSV, which the record does not hold', async () => {
    const dir = await copyOf('contiguous');
    const record = await recordOf(dir);
    await gzipFile(join(dir, name('train', 'meta.csv')));
    const { problems, patches } = (await verifyPcam(dir, { record })).splits[0]!;
    expect(problems).toEqual([]);
    expect(patches!.slides).toBe(2);
  });

  it('--official wants every md5', async () => {
    const report = await verifyPcam(fixture('contiguous'), { official: true });
    expect(report.splits[0]!.problems).toHaveLength(3);
    expect(report.splits[0]!.problems[0]).toMatch(/has md5 [0-9a-f]{32}, but the official file has/);
  });

  it('puts what cannot be opened or read into the report', async () => {
    const dir = await copyOf('contiguous');
    await truncate(join(dir, X), 20_000);
    expect((await verifyPcam(dir)).splits[0]!.problems).toEqual([expect.stringMatching(/is truncated/)]);
    await rm(join(dir, Y));
    expect((await verifyPcam(dir)).splits[0]!.problems).toEqual([expect.stringMatching(/has no .*_y\.h5/)]);
    const broken = await copyOf('tiles');
    const x = join(broken, name('test', 'x.h5'));
    const bytes = await readFile(x);
    bytes[bytes.length - 100]! ^= 0xff;
    await writeFile(x, bytes);
    expect((await verifyPcam(broken)).splits[0]!.problems).toEqual([expect.stringMatching(/is corrupt/)]);
    // A quick check does not read images.
    expect((await verifyPcam(broken, { quick: true })).ok).toBe(true);
  });

  it('notes masks that differ from tumor_patch', async () => {
    const dir = await copyOf('contiguous');
    const meta = join(dir, name('train', 'meta.csv'));
    const lines = (await readFile(meta, 'utf8')).split('\n');
    lines[4] = lines[4]!.replace('True', 'False');
    await writeFile(meta, lines.join('\n'));
    const { problems, notes } = (await verifyPcam(dir)).splits[0]!;
    expect(problems).toEqual([]);
    expect(notes).toContain('1 masks differ from tumor_patch of the meta CSV');
  });

  it('compares labels with masks and metadata', async () => {
    const dir = await copyOf('contiguous');
    await writeH5(join(dir, Y), { y: { data: Uint8Array.of(0, 1, 0, 1, 1, 0, 0), shape: [7, 1, 1, 1] } });
    expect((await verifyPcam(dir)).splits[0]!.problems).toEqual([
      '1 labels differ from center_tumor_patch of the meta CSV',
      '1 labels differ from the masks (tumour in the centre 32×32)',
    ]);
  });

  it('finds slides that two splits share', async () => {
    const dir = await copyOf('contiguous');
    for (const part of ['x.h5', 'y.h5', 'meta.csv'])
      await cp(join(dir, name('train', part)), join(dir, name('test', part)));
    const report = await verifyPcam(dir);
    expect(report.splits.map((s) => s.problems)).toEqual([
      [],
      ['test shares 2 slides with train, e.g. camelyon16_train_0'],
    ]);
  });

  describe('patches of a single colour, and identical ones', () => {
    const [n, size] = [9, 8 * 8 * 3];
    const write = async (dir: string, split: string, images: Uint8Array[], labels: number[]) => {
      const data = Uint8Array.from(Buffer.concat(images));
      await writeH5(join(dir, name(split, 'x.h5')), { x: { data, shape: [images.length, 8, 8, 3] } });
      await writeH5(join(dir, name(split, 'y.h5')), {
        y: { data: Uint8Array.from(labels), shape: [labels.length] },
      });
    };
    const patches = Array.from({ length: n }, (_, i) => pixels(i, 8, 8));
    const plain = (value: number): Uint8Array => new Uint8Array(size).fill(value);
    const bluish = Uint8Array.from({ length: size }, (_, i) => [10, 20, 200][i % 3]!);

    it('are noted, with counts and first indices, as no fault', async () => {
      const dir = await tempDir();
      const [a, b, c, d] = patches as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
      await write(
        dir,
        'train',
        [a, plain(0), b, a, plain(0), plain(255), bluish, c],
        [0, 1, 0, 0, 1, 0, 1, 0],
      );
      await write(dir, 'valid', [d, patches[4]!], [0, 1]);
      await write(dir, 'test', [plain(0), c, b, b, a], [0, 0, 1, 1, 0]);
      const report = await verifyPcam(dir);
      expect(report.ok).toBe(true);
      const [train, valid, test] = report.splits;
      const found = (split = train!) => split.notes.filter((note) => !note.startsWith('not the official'));
      expect(found()).toEqual([
        '4 patches are of a single colour: 2 of (0, 0, 0), patches 1, 4; 1 of (255, 255, 255), patch 5; 1 of (10, 20, 200), patch 6',
        '2 patches are identical to another of the split, in one group, e.g. 0 and 3',
      ]);
      expect(train!.patches).toMatchObject({ singleColour: 4, identicalWithin: 2, identicalAcross: {} });
      expect(found(valid)).toEqual([]);
      expect(valid!.patches).toMatchObject({ singleColour: 0, identicalWithin: 0, identicalAcross: {} });
      expect(found(test)).toEqual([
        '1 patch is of a single colour: 1 of (0, 0, 0), patch 0',
        '2 patches are identical to another of the split, in one group, e.g. 2 and 3',
        '4 patches are also in train, e.g. 1 is train 7; one group with both labels',
      ]);
      expect(test!.patches).toMatchObject({ identicalWithin: 2, identicalAcross: { train: 4 } });
      expect((await verifyPcam(dir, { quick: true })).splits[0]!.patches!.identicalWithin).toBeUndefined();
    });

    it('a patch that differs in one byte is another', async () => {
      const dir = await tempDir();
      const other = Uint8Array.from(patches[0]!);
      other[size - 1]! ^= 1;
      const almostBlack = plain(0);
      almostBlack[size - 1] = 1;
      await write(dir, 'train', [patches[0]!, other, almostBlack], [0, 1, 0]);
      expect((await verifyPcam(dir)).splits[0]!.notes).toHaveLength(1);
    });
  });

  it('notes a split of one class', async () => {
    const dir = await copyOf('userblock');
    await writeH5(join(dir, Y), { y: { data: new Uint8Array(N), shape: [N] } });
    const [split] = (await verifyPcam(dir)).splits;
    expect(split!.notes).toContain('all labels are 0: AUROC is not defined on this split');
    expect(split!.problems).toEqual([]);
  });

  it('decompresses .gz to look inside', async () => {
    const dir = await copyOf('contiguous');
    await gzipFile(join(dir, X));
    const [split] = (await verifyPcam(dir)).splits;
    expect(split!.problems).toEqual([]);
    expect(split!.files.map((f) => f.name)).toContain(`${X}.gz`);
  });

  it('refuses a folder without PCam files', async () => {
    await expect(verifyPcam(await tempDir())).rejects.toMatchObject({
      code: 'missing-split',
      message: expect.stringMatching(/only those are verified; pcam-data info tells of other layouts$/),
    });
    const report = await verifyPcam(fixture('contiguous'), { splits: ['train', 'test'] });
    expect(report.splits[1]!.problems).toEqual([expect.stringMatching(/has no split "test"/)]);
  });

  it.skipIf(!hasReal)(
    'agrees with real patches and masks (skipped where ../shared/data is absent)',
    async () => {
      const report = await verifyPcam(join(REAL, 'camelyon16-masked'));
      expect(report.ok).toBe(true);
      expect(report.splits[0]!.patches).toMatchObject({ negatives: 17, positives: 15, withTumourPixels: 16 });
    },
  );
});
