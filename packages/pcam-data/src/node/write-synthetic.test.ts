import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SOURCE_FLAGS, tempDir } from '../../test/support/files.js';
import { createSyntheticDataset } from '../synthetic/dataset.js';
import { openPcam } from './official.js';
import { verifyPcam } from './verify.js';
import { type WriteSyntheticPcamOptions, writeSyntheticPcam } from './write-synthetic.js';

const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const hasH5py = spawnSync(python, ['-c', 'import h5py']).status === 0;

async function hashes(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).sort();
  const entries = names.map(async (name) => {
    const bytes = await readFile(join(dir, name));
    return [name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

describe('writeSyntheticPcam', () => {
  it('writes the official files of each split, whose parts agree', async () => {
    const dir = await tempDir();
    const progress: [number, number][] = [];
    const paths = await writeSyntheticPcam({
      dir,
      seed: 8,
      splits: { train: 150, test: 40 },
      onProgress: (...counts) => progress.push(counts),
    });
    expect(paths).toHaveLength(8);
    expect(progress).toEqual([
      [64, 190],
      [128, 190],
      [150, 190],
      [190, 190],
    ]);
    const slides = new Set<string>();
    for (const [split, n] of [
      ['train', 150],
      ['test', 40],
    ] as const) {
      const dataset = await openPcam(dir, split);
      const meta = dataset.metadata;
      expect(dataset.length).toBe(n);
      const all = await dataset.read([...Array(n).keys()]);
      for (let i = 0; i < n; i++) {
        const mask = all.masks?.subarray(i * 9216, (i + 1) * 9216);
        expect(meta?.tumorPatch[i]).toBe(mask?.includes(1) ? 1 : 0);
        expect(meta?.centerTumorPatch[i]).toBe(dataset.labels[i]);
      }
      const memory = createSyntheticDataset({ seed: 8, n, split });
      const same = await memory.read([n - 1]);
      expect(all.images.subarray((n - 1) * 27648)).toEqual(same.images);
      expect(dataset.slides).toEqual(memory.slides);
      const own = new Set(dataset.slides);
      for (const slide of own) expect(slides.has(slide)).toBe(false);
      for (const slide of own) slides.add(slide);
      await dataset.close();
    }
    expect((await verifyPcam(dir)).ok).toBe(true);
  });

  it('writes the same bytes for the same seed, over what it wrote before', async () => {
    const [a, b] = [await tempDir(), await tempDir()];
    const options = { seed: 2, splits: { valid: 70 }, size: 64 };
    await writeSyntheticPcam({ dir: a, ...options });
    await writeSyntheticPcam({ dir: b, ...options, seed: 3 });
    expect(await hashes(b)).not.toEqual(await hashes(a));
    await writeSyntheticPcam({ dir: b, ...options });
    expect(await hashes(b)).toEqual(await hashes(a));
  });

  it('never replaces PCam files that are not synthetic', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'camelyonpatch_level_2_split_test_x.h5.gz'), 'seven hours of download');
    const splits = { train: 2, test: 2 };
    await expect(writeSyntheticPcam({ dir, seed: 1, splits })).rejects.toThrow(
      /test_x.h5.gz is there and not synthetic/,
    );
    expect(await readdir(dir)).toHaveLength(1);
  });

  it.each([
    [{ splits: {} }, 'no split to write'],
    [{ splits: { train: -1 } }, 'split train: n -1'],
    [{ splits: { train: 4 }, size: 100 }, 'size 100: a synthetic patch needs'],
    [{ splits: { train: 4 }, seed: 1.5 }, 'seed 1.5: a whole number'],
    [{ splits: { training: 4 } }, "splits: unknown option 'training'; known are train, valid, test"],
  ])('refuses %j before any work', async (change, message) => {
    const dir = await tempDir();
    const options = { dir, seed: 1, ...change } as WriteSyntheticPcamOptions;
    await expect(writeSyntheticPcam(options)).rejects.toThrow(message);
    expect(await readdir(dir)).toEqual([]);
  });

  it('leaves nothing under a final name when it is killed', async () => {
    const dir = await tempDir();
    const source = fileURLToPath(new URL('./write-synthetic.ts', import.meta.url));
    const script = `
      const { writeSyntheticPcam } = await import(${JSON.stringify(source)});
      await writeSyntheticPcam({ dir: ${JSON.stringify(dir)}, seed: 1, splits: { train: 100000 }, onProgress: () => console.log('at work') });`;
    const child = spawn(process.execPath, [...SOURCE_FLAGS, '--input-type=module', '-e', script]);
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', (code) => reject(new Error(`exited early with ${code}`)));
    });
    child.removeAllListeners('exit');
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect((await readdir(dir)).filter((name) => name.startsWith('camelyonpatch'))).toEqual([]);
  });

  it.skipIf(!hasH5py)(
    'writes files that h5py reads (skipped where python with h5py is missing)',
    async () => {
      const dir = await tempDir();
      await writeSyntheticPcam({ dir, seed: 4, splits: { train: 10 } });
      const script = `
import h5py, json, sys, hashlib
p = sys.argv[1] + '/camelyonpatch_level_2_split_train_'
x, y, m = (h5py.File(p + k + '.h5', 'r')[k] for k in ('x', 'y', 'mask'))
centre = m[:, 32:64, 32:64, 0].any((1, 2)).astype(int).tolist()
print(json.dumps([x.shape, y.shape, m.shape, str(x.dtype), y[:].ravel().tolist(), centre, hashlib.sha256(x[:].tobytes()).hexdigest()]))`;
      const { stdout, stderr } = spawnSync(python, ['-c', script, dir], { encoding: 'utf8' });
      expect(stderr).toBe('');
      const dataset = createSyntheticDataset({ seed: 4, n: 10 });
      const { images } = await dataset.read([...Array(10).keys()]);
      const labels = [...dataset.labels];
      const sha256 = createHash('sha256').update(images).digest('hex');
      const shapes = [
        [10, 96, 96, 3],
        [10, 1, 1, 1],
        [10, 96, 96, 1],
      ];
      expect(JSON.parse(stdout)).toEqual([...shapes, 'uint8', labels, labels, sha256]);
    },
  );
});
