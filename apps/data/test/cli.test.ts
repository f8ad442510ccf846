import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readdir, rm, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openFlat, type VerifyReport } from '@pcam/pcam-data/node';
import { build } from 'tsup';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { copyOf, fixture, name, tempDir } from '../../../packages/pcam-data/test/support/files.js';
import { pixels } from '../../../packages/pcam-data/test/support/formula.js';
import { serve, type TestServer } from '../../../packages/pcam-data/test/support/server.js';

const root = fileURLToPath(new URL('..', import.meta.url));
// Where the libraries that are not bundled are found.
const bundle = `${root}../../packages/pcam-data/node_modules/.cache/cli-test-${process.pid}`;

// Bundled once from source, so that every run of it starts at once.
beforeAll(() =>
  build({
    entry: [`${root}src/cli.ts`],
    config: false,
    format: 'esm',
    noExternal: [/^@pcam\//, 'zod'],
    external: ['sharp', 'h5wasm', '@tensorflow/tfjs-core', 'pure-rand'],
    esbuildOptions(options) {
      options.conditions = ['@pcam/source'];
    },
    outDir: bundle,
    silent: true,
    clean: true,
  }),
);
afterAll(() => rm(bundle, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command; `watch` is called now and then while it runs and may end it. */
async function pcamData(args: string[], watch?: (interrupt: () => void) => Promise<void>): Promise<Outcome> {
  const child = spawn(process.execPath, [join(bundle, 'cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = watch && setInterval(() => watch(() => child.kill('SIGINT')), 50);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.on('close', done)),
  ]);
  clearInterval(timer);
  return { code, out, err };
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

let server: TestServer | undefined;
afterEach(() => server?.close());

describe('pcam-data', () => {
  it('makes a data set that it verifies, prepares and tells about', async () => {
    const dir = join(await tempDir(), 'synthetic');
    const made = await pcamData(['synthesize', '--to', dir, '--train', '12', '--test', '4', '--size', '64']);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out.trim().split('\n')).toHaveLength(8);
    const verified = await pcamData(['verify', dir, '--json']);
    expect(verified).toMatchObject({ code: 0, err: '' });
    const report: VerifyReport = JSON.parse(verified.out);
    expect(report.splits.map((s) => s.patches?.length)).toEqual([12, 4]);
    const flat = join(dir, 'flat');
    expect(await pcamData(['prepare', dir, '--to', flat])).toMatchObject({ code: 0, err: '' });
    expect((await readdir(flat)).sort()).toEqual(['test.pcamflat', 'train.pcamflat']);
    const info = await pcamData(['info', flat, '--json']);
    expect(JSON.parse(info.out)).toMatchObject([
      { split: 'train', layout: 'flat', length: 12, height: 64, width: 64, masks: true },
      { split: 'test', length: 4 },
    ]);
  });

  it('prepares one split into a file of any name', async () => {
    const file = join(await tempDir(), 'valid.bin');
    const { code } = await pcamData(['prepare', fixture('chunked'), '--split', 'valid', '--to', file]);
    expect(code).toBe(0);
    const flat = await openFlat(file);
    expect((await flat.read([6])).images).toEqual(pixels(6));
    await flat.close();
  });

  it('ends with 1 and the report where data are bad', async () => {
    const dir = await copyOf('contiguous');
    await truncate(join(dir, name('train', 'x.h5')), 20_000);
    const { code, out, err } = await pcamData(['verify', dir]);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^train: 1 problem\n/);
    expect(out).toMatch(/ {2}problem: .*_x\.h5 is truncated: 20000 of 28928 bytes/);
  });

  it.each([
    [
      ['verify', 'none', '--foo'],
      /^pcam-data: --foo is not a flag; see --help \(there are --split, --quick, --official, --json\)\n$/,
    ],
    [['download', '--too', 'x'], /^pcam-data: --too is not a flag; did you mean --to\?\n$/],
    [['prepare', 'data', '--overwrit'], /^pcam-data: --overwrit is not a flag; see --help \(there are/],
    [['verify', '/no/such/folder'], /^pcam-data: \/no\/such\/folder does not exist\n$/],
    [
      ['frobnicate'],
      /^pcam-data: there is no command "frobnicate"; there are download, verify, prepare, synthesize, info/,
    ],
    [
      ['download', '--to', 'x', '--split', 'train,tset'],
      /^pcam-data: --split must be some of train,valid,test, not "tset"; did you mean test\?\n$/,
    ],
    [['prepare', fixture('contiguous')], /^pcam-data: --to <path> is missing; see --help\n$/],
    [['synthesize', '--to', 'x', '--train', 'many'], /^pcam-data: --train: expected a number, got "many"\n$/],
  ])('%j is one line on stderr', async (args, message) => {
    const { code, out, err } = await pcamData(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(err.trim()).not.toContain('\n');
  });

  it('goes on without a word where nobody reads its output any more', async () => {
    const to = await tempDir();
    const child = spawn(process.execPath, [
      join(bundle, 'cli.js'),
      'prepare',
      fixture('contiguous'),
      '--to',
      to,
    ]);
    child.stdout.destroy();
    const [err, code] = await Promise.all([
      text(child.stderr),
      new Promise<number | null>((done) => child.on('close', done)),
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(await readdir(to)).toEqual(['train.pcamflat']);
  });

  const mounting = 'mount -t tmpfs -o ro none /mnt';
  it.skipIf(spawnSync('unshare', ['-rm', 'sh', '-c', mounting]).status !== 0)(
    'says in one line that a new folder would be on a read-only disk (skipped where none can be mounted)',
    () => {
      const node = `'${process.execPath}' '${join(bundle, 'cli.js')}' synthesize --to /mnt/new/data --train 1`;
      const { stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', `${mounting} && ${node}`], {
        encoding: 'utf8',
      });
      expect(stderr).toBe(
        'pcam-data: cannot write /mnt/new/data: the file system is read-only; choose another folder\n',
      );
    },
  );

  it.skipIf(!existsSync('/dev/full'))('says in one line that its output cannot be written', async () => {
    const full = await open('/dev/full', 'w');
    const child = spawn(process.execPath, [join(bundle, 'cli.js'), 'info', fixture('contiguous')], {
      stdio: ['ignore', full.fd, 'pipe'],
    });
    const [err, code] = await Promise.all([
      text(child.stderr!),
      new Promise<number | null>((done) => child.on('close', done)),
    ]);
    await full.close();
    expect({ code, err }).toEqual({
      code: 1,
      err: 'pcam-data: cannot write to the output: the disk is full; free some space and run this again\n',
    });
  });

  it('prepares into the folder itself, again and again, and says what the cache is of', async () => {
    const dir = await copyOf('contiguous');
    const prepare = () => pcamData(['prepare', dir, '--to', dir]);
    const file = join(dir, 'train.pcamflat');
    expect((await prepare()).out).toBe(`${file}: 7 patches\n`);
    expect((await prepare()).out).toBe(`${file}: already there, up to date\n`);
    await utimes(join(dir, name('train', 'x.h5')), 1e9, 1e9);
    const stale = await pcamData(['info', dir]);
    expect(stale).toMatchObject({ code: 1, out: '' });
    expect(stale.err).toMatch(/_x\.h5 has changed since; run pcam-data prepare again, or delete it\n$/);
    expect((await prepare()).out).toBe(`${file}: 7 patches\n`);
    await rm(join(dir, name('train', 'x.h5')));
    expect((await pcamData(['info', dir])).out).toMatch(
      /\(flat cache\): 7 patches.*; prepared from .*, whose files are gone, so nothing could be compared\n$/,
    );
  });

  it('explains itself', async () => {
    const { code, out } = await pcamData(['download', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('--split <list>');
    expect(out).toContain('$ pcam-data download --to data --split valid,test');
    expect(out).toMatch(/--no-meta .*\(coordinates and slides\) *\n/);
  });

  it('takes one path, and says how to give one with blanks', async () => {
    const two = await pcamData(['info', 'my', 'data']);
    expect(two).toMatchObject({ code: 1, out: '' });
    expect(two.err).toBe('pcam-data: info takes one path, not also "data"; quote a path that holds blanks\n');
    const none = await pcamData(['prepare', '--to', 'flat']);
    expect(none.err).toBe('pcam-data: give a path: pcam-data prepare <dir> (see --help)\n');
  });

  it('keeps what has come when stopped by Ctrl-C, and goes on from there', async () => {
    const bytes = Buffer.alloc(2_000_000, 7);
    const begin = Buffer.from(bytes);
    begin.set([0x1f, 0x8b]); // as every .gz
    server = await serve((request, response) => {
      const start = Number(/\d+/.exec(request.headers.range ?? '0')![0]);
      response.writeHead(start > 0 ? 206 : 200, start > 0 ? { 'content-range': `bytes ${start}-9/*` } : {});
      response.write(start > 0 ? bytes : begin);
    });
    const dir = await tempDir();
    const part = join(dir, `${name('test', 'x.h5.gz')}.part`);
    const args = ['download', '--to', dir, '--split', 'test', '--url', server.url];
    for (const received of [1, 2]) {
      let sent = false;
      const { code, err } = await pcamData(args, async (interrupt) => {
        if (sent || (await sizeOf(part)) < received * bytes.length) return;
        sent = true;
        interrupt();
      });
      expect(code).toBe(130);
      expect(err).toMatch(/pcam-data: stopped; the same command goes on from here\n$/);
      expect(await sizeOf(part)).toBe(received * bytes.length);
    }
    expect(server.requests).toEqual([
      `/${name('test', 'x.h5.gz')}`,
      `/${name('test', 'x.h5.gz')} bytes=2000000-`,
    ]);
  });
});
