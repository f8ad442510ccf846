import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { gunzipped } from '../src/node/gunzip.js';
import { guard } from '../src/node/h5-guard.js';
import { openPcam, verifyPcam } from '../src/node/index.js';
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

  it('a pipe in place of a file: refused, where opening it would wait for ever', async () => {
    const dir = await copyOf('contiguous');
    const x = join(dir, name('train', 'x.h5'));
    await rm(x);
    execFileSync('mkfifo', [x]);
    const message = `${x} is a pipe or a device, not a file; copy what it gives into a file`;
    expect(await failure(dir)).toMatchObject({ code: 'unreadable', message });
    const { splits } = await verifyPcam(dir);
    expect(splits.find(({ split }) => split === 'train')?.problems).toEqual([message]);
  });

  it('open for writing elsewhere is told as such, not as corrupt', () => {
    // What HDF5 1.14 says of a file that h5py writes with swmr_mode.
    const stack =
      'line 2033 in H5F_open(): file is already open for write (may use <h5clear file> to clear file consistency flags)';
    const open = (): never => {
      throw new Error(stack);
    };
    expect(() => guard('x.h5', open)).toThrow(/^x\.h5 is open for writing in another program.*h5clear -s/);
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

describe('what stands under another name', () => {
  it.each<[string, string | Uint8Array, string, RegExp]>([
    ['a zip archive', 'PK\x03\x04', 'not-hdf5', /_y\.h5 is a zip archive, not HDF5; unpack it$/],
    ['an HTML page', '\n<!doctype html><p>', 'not-hdf5', /_y\.h5 is an HTML page, not HDF5; download/],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1', 'not-hdf5', /\(git lfs pull\)$/],
  ])('%s as .h5', async (_, bytes, code, message) => {
    const dir = await copyOf('contiguous');
    await writeFile(join(dir, name('train', 'y.h5')), bytes);
    expect(await failure(dir)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('HDF5, a page and nothing as .h5.gz', async () => {
    const dir = await copyOf('contiguous');
    const y = join(dir, name('train', 'y.h5'));
    const hdf5 = await readFile(y);
    await rm(y);
    await writeFile(`${y}.gz`, hdf5);
    expect(await failure(dir)).toMatchObject({
      code: 'not-gzip',
      message: expect.stringMatching(/_y\.h5\.gz is an HDF5 file, not gzip data; name it .*_y\.h5$/),
    });
    await writeFile(`${y}.gz`, '<html></html>');
    expect(await failure(dir)).toMatchObject({
      code: 'not-gzip',
      message: expect.stringMatching(/_y\.h5\.gz is an HTML page, not gzip data; download or copy it again$/),
    });
    await writeFile(`${y}.gz`, '');
    expect(await failure(dir)).toMatchObject({ message: expect.stringMatching(/_y\.h5\.gz is empty/) });
  });
});

describe('gzip as others write it', () => {
  const parts = [0, 1, 2].map((k) => gzipSync(Buffer.alloc(1 << 20, k), { level: 0 }));
  const whole = [0, 1, 2].map((k) => Buffer.alloc(1 << 20, k));

  it.each<[string, Buffer[], Buffer[] | RegExp]>([
    ['several members', parts, whole],
    ['zeros that fill up a block', [parts[0]!, Buffer.alloc(700)], [whole[0]!]],
    ['more zeros than a read takes', [parts[0]!, Buffer.alloc(3 << 20)], [whole[0]!]],
    ['zeros that end a read', [parts[1]!, Buffer.alloc((2 << 20) - parts[1]!.length)], [whole[1]!]],
    ['an empty member', [parts[0]!, gzipSync(''), parts[1]!], whole.slice(0, 2)],
    ['anything else at the end', [parts[0]!, Buffer.from('garbage')], /is corrupt/],
    ['anything else after zeros', [parts[0]!, Buffer.alloc(700), parts[1]!], /is corrupt/],
    ['a second member cut short', [parts[0]!, parts[1]!.subarray(0, 900)], /is truncated/],
  ])('%s', async (_, stored, expected) => {
    const gz = join(await tempDir(), 'a.bin.gz');
    await writeFile(gz, Buffer.concat(stored));
    const onProgress = vi.fn();
    const outcome = await gunzipped(gz, { onProgress }).then(readFile, (e: Error) => e);
    if (expected instanceof RegExp) expect(String(outcome)).toMatch(expected);
    else {
      expect(Buffer.compare(outcome as Buffer, Buffer.concat(expected))).toBe(0);
      const { done, total } = onProgress.mock.lastCall![0];
      expect(done).toBe(total);
    }
  });

  it('a meta CSV, whether its name tells or not', async () => {
    const dir = await copyOf('contiguous');
    const meta = join(dir, name('train', 'meta.csv'));
    const expected = await (await openPcam(dir, 'train')).metadata;
    const packed = Buffer.concat([gzipSync(await readFile(meta)), Buffer.alloc(100)]);
    await writeFile(meta, packed);
    expect((await openPcam(dir, 'train')).metadata).toEqual(expected);
    await rm(meta);
    await writeFile(`${meta}.gz`, packed);
    expect((await openPcam(dir, 'train')).metadata).toEqual(expected);
    await writeFile(`${meta}.gz`, packed.subarray(0, 60));
    expect(await failure(dir)).toMatchObject({
      code: 'truncated',
      message: expect.stringMatching(/_meta\.csv\.gz is truncated/),
    });
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
      expect(out[0]).toMatch(/^DataError: (cannot write .*: the disk is full|not enough space)/);
      expect(out.slice(1).sort()).toEqual([name('train', 'x.h5.gz'), name('train', 'y.h5')]);
    },
  );
});
