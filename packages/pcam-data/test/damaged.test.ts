import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { openPcam } from '../src/node/index.js';
import { copyOf, fixture, gzipFile, name, SOURCE_FLAGS, tempDir } from './support/files.js';
import { N, pixels } from './support/formula.js';

const failure = (dir: string, split = 'train'): Promise<unknown> =>
  openPcam(dir, split).then(
    (d) => d.close(),
    (e: unknown) => e,
  );

async function edit(path: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  await writeFile(path, change(await readFile(path)));
}

describe('damaged HDF5', () => {
  it('truncated', async () => {
    const dir = await copyOf('contiguous');
    await truncate(join(dir, name('train', 'x.h5')), 20_000);
    expect(await failure(dir)).toMatchObject({
      code: 'truncated',
      message: expect.stringMatching(
        /_x\.h5 is truncated: 20000 of 28928 bytes are there; download or copy it again$/,
      ),
    });
  });

  it('empty, text, gzip under the name of .h5', async () => {
    const dir = await copyOf('contiguous');
    const y = join(dir, name('train', 'y.h5'));
    await writeFile(y, '');
    expect(await failure(dir)).toMatchObject({
      code: 'truncated',
      message: expect.stringContaining('is empty'),
    });
    await writeFile(y, '<html>Not found</html>');
    expect(await failure(dir)).toMatchObject({ code: 'not-hdf5' });
    await writeFile(y, Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0));
    expect(await failure(dir)).toMatchObject({
      code: 'not-hdf5',
      message: expect.stringMatching(/name it .*_y\.h5\.gz/),
    });
  });

  it('a broken header', async () => {
    const dir = await copyOf('contiguous');
    await edit(join(dir, name('train', 'x.h5')), (b) => b.fill(0xaa, 96, 800));
    expect(await failure(dir)).toMatchObject({ code: 'corrupt' });
  });

  it('a broken chunk fails its own patches alone, and gives none of them', async () => {
    const dir = await copyOf('chunked');
    const path = join(dir, name('valid', 'x.h5'));
    const bytes = await readFile(path);
    // The first zlib stream is the chunk of patches 0 and 1.
    const at =
      bytes.indexOf(Buffer.of(0x78, 0x5e)) >= 0
        ? bytes.indexOf(Buffer.of(0x78, 0x5e))
        : bytes.indexOf(Buffer.of(0x78, 0x9c));
    expect(at).toBeGreaterThan(0);
    await writeFile(path, bytes.fill(0x55, at + 40, at + 200));
    const data = await openPcam(dir, 'valid');
    const outcome = await Promise.all(
      Array.from({ length: N }, (_, i) =>
        data.read([i]).then(
          ({ images }) => Buffer.compare(images, pixels(i)) === 0,
          (e: { code: string }) => e.code,
        ),
      ),
    );
    expect(outcome.filter((o) => o === 'corrupt')).toHaveLength(2);
    expect(outcome.filter((o) => o === true)).toHaveLength(N - 2);
    await data.close();
  });

  it('a checksum that does not fit', async () => {
    const dir = await copyOf('tiles');
    const path = join(dir, name('test', 'x.h5'));
    await edit(path, (b) => {
      b[b.length - 100]! ^= 0xff;
      return b;
    });
    const data = await openPcam(dir, 'test');
    await expect(data.read(Array.from({ length: N }, (_, i) => i))).rejects.toMatchObject({
      code: 'corrupt',
    });
    await data.close();
  });

  it('a filter that is not there is named', async () => {
    const data = await openPcam(fixture('lzf'), 'train');
    await expect(data.read([0])).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(
        /compressed with "lzf", which is not supported; rewrite it with gzip or none/,
      ),
    });
    await data.close();
  });

  it('prints nothing of its own', async () => {
    const dir = await copyOf('contiguous');
    await truncate(join(dir, name('train', 'x.h5')), 20_000);
    const script = join(fileURLToPath(new URL('./support', import.meta.url)), 'open.ts');
    const child = spawnSync(process.execPath, [...SOURCE_FLAGS, script, dir, 'train'], { encoding: 'utf8' });
    expect(child.stdout).toMatch(/^DataError: .*_x\.h5 is truncated[^\n]*\n$/);
    expect(child.stderr).toBe('');
  });
});

describe('damaged gzip', () => {
  it.each([
    ['truncated', (b: Buffer) => b.subarray(0, b.length - 20), 'truncated'],
    ['corrupt', (b: Buffer) => b.fill(0, b.length >> 1, (b.length >> 1) + 50), 'corrupt'],
    ['no gzip', () => Buffer.from('hello'), 'corrupt'],
    ['empty', () => Buffer.alloc(0), 'truncated'],
  ])('%s: says so and leaves nothing behind', async (_, change, code) => {
    const dir = await copyOf('contiguous');
    const y = join(dir, name('train', 'x.h5'));
    await gzipFile(y);
    await edit(`${y}.gz`, change);
    const before = (await readdir(dir)).sort();
    expect(await failure(dir)).toMatchObject({ code, message: expect.stringContaining('_x.h5.gz') });
    expect((await readdir(dir)).sort()).toEqual(before);
  });
});

describe('decompression', () => {
  it('happens once, beside the file, with progress', async () => {
    const dir = await copyOf('contiguous');
    await gzipFile(join(dir, name('train', 'x.h5')));
    const onProgress = vi.fn();
    await (await openPcam(dir, 'train', { onProgress })).close();
    expect(await readdir(dir)).toContain(name('train', 'x.h5'));
    expect(onProgress.mock.lastCall?.[0]).toMatchObject({
      unit: 'bytes',
      task: `decompress ${name('train', 'x.h5.gz')}`,
    });
    const { done, total } = onProgress.mock.lastCall![0];
    expect(done).toBe(total);
    onProgress.mockClear();
    await (await openPcam(dir, 'train', { onProgress })).close();
    expect(onProgress).not.toHaveBeenCalled();
  });

  it('goes to the cache folder where its own cannot be written, says so, and is found again', async () => {
    const dir = await copyOf('contiguous');
    const cacheDir = join(await tempDir(), 'cache');
    await gzipFile(join(dir, name('train', 'x.h5')));
    await chmod(dir, 0o555);
    const onProgress = vi.fn();
    const data = await openPcam(dir, 'train', { cacheDir, onProgress });
    await chmod(dir, 0o755);
    expect((await data.read([3])).images).toEqual(pixels(3));
    await data.close();
    expect(await readdir(dir)).not.toContain(name('train', 'x.h5'));
    const notes = onProgress.mock.calls.flatMap(([p]) => p.note ?? []);
    expect(notes).toEqual([expect.stringMatching(/^cannot write to .*; decompressing into .*cache/)]);
    await chmod(dir, 0o555);
    onProgress.mockClear();
    await (await openPcam(dir, 'train', { cacheDir, onProgress })).close();
    expect(onProgress).not.toHaveBeenCalled();
    await chmod(dir, 0o755);
  });

  const tiny = (() => {
    try {
      execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=16k', 'none', '/mnt'], {
        stdio: 'ignore',
      });
      return true;
    } catch {
      return false;
    }
  })();
  it.skipIf(!tiny)(
    'leaves nothing behind on a full disk (skipped where no tmpfs can be mounted)',
    async () => {
      const dir = await copyOf('contiguous');
      await gzipFile(join(dir, name('train', 'x.h5')));
      const script = join(fileURLToPath(new URL('./support', import.meta.url)), 'open.ts');
      const node = [process.execPath, ...SOURCE_FLAGS, script, '/mnt', 'train']
        .map((a) => `'${a}'`)
        .join(' ');
      // The folder has room for the packed files, but not for 29 kB of pixels more.
      const shell = `mount -t tmpfs -o size=28k none /mnt && cp ${dir}/*.gz ${dir}/*_y.h5 /mnt && ${node}; ls -A /mnt`;
      const out = execFileSync('unshare', ['-rm', 'sh', '-c', shell], { encoding: 'utf8' })
        .trim()
        .split('\n');
      expect(out[0]).toMatch(/^DataError: (no space left to write|not enough space)/);
      expect(out.slice(1).sort()).toEqual([name('train', 'x.h5.gz'), name('train', 'y.h5')]);
    },
  );
});
