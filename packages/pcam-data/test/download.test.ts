import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type DataProgress,
  type DownloadOptions,
  downloadPcam,
  type OfficialRecord,
  ZENODO,
} from '../src/node/index.js';
import { name, tempDir } from './support/files.js';
import { type Handler, sendRange, serve, type TestServer } from './support/server.js';

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');
const RAW = randomBytes(300_000);
const X = gzipSync(RAW);
const Y = gzipSync(Buffer.alloc(100));
const META = Buffer.from(',coord_y\n');
const H5 = name('test', 'x.h5');
const GZ = `${H5}.gz`;
const RETRY = { attempts: 3, delay: 1, maxDelay: 5, stall: 500 };

let server: TestServer;
afterEach(() => server?.close());

function record(base: string, change: { md5?: string; bytes?: number } = {}): OfficialRecord {
  const x = {
    name: GZ,
    md5: md5(X),
    bytes: X.length,
    unpacked: { name: H5, md5: md5(RAW), bytes: RAW.length },
  };
  const files = [
    { ...x, ...change },
    { name: `${name('test', 'y.h5')}.gz`, md5: md5(Y) },
    { name: name('test', 'meta.csv'), md5: md5(META) },
  ];
  const none = { length: 0, files: [] };
  return { base, suffix: '?download=1', splits: { train: none, valid: none, test: { length: 7, files } } };
}

const body = (url = ''): Buffer => (url.includes('_x.') ? X : url.includes('_y.') ? Y : META);

/** Serves well but for the requests for images, which `images` answers. */
async function start(images: Handler): Promise<TestServer> {
  let count = 0;
  server = await serve((request, response) => {
    if (request.url?.includes('_x.')) images(request, response, count++);
    else sendRange(request, response, body(request.url));
  });
  return server;
}

async function download(dir: string, more: Partial<DownloadOptions> = {}): Promise<string[]> {
  const all = { dir, splits: ['test'] as const, record: record(server.url), retry: RETRY, ...more };
  return (await downloadPcam(all)).map((r) => r.state);
}

const whole: Handler = (request, response) => sendRange(request, response, X);

describe('download', () => {
  it('gets all files, then finds them there', async () => {
    await start(whole);
    const dir = join(await tempDir(), 'new/data');
    const seen: DataProgress[] = [];
    expect(await download(dir, { onProgress: (p) => seen.push(p) })).toEqual(Array(3).fill('downloaded'));
    expect((await readdir(dir)).sort()).toEqual(
      [name('test', 'meta.csv'), GZ, `${name('test', 'y.h5')}.gz`].sort(),
    );
    expect(await readFile(join(dir, GZ))).toEqual(X);
    expect(server.requests[0]).toBe(`/${GZ}?download=1`);
    expect(seen).toContainEqual({ task: `download ${GZ}`, done: X.length, total: X.length, unit: 'bytes' });
    expect(await download(dir)).toEqual(Array(3).fill('already there'));
    expect(server.requests).toHaveLength(3);
  });

  it('can do without metadata and unpack', async () => {
    await start(whole);
    const dir = await tempDir();
    expect(await download(dir, { meta: false, unpack: true })).toHaveLength(2);
    expect(await readFile(join(dir, H5))).toEqual(RAW);
    expect(await readdir(dir)).not.toContain(name('test', 'meta.csv'));
  });

  it('goes on where the connection was cut, twice', async () => {
    await start((request, response, count) => {
      if (count < 2) sendRange(request, response, X, (count + 1) * 100_000);
      else sendRange(request, response, X);
    });
    const dir = await tempDir();
    const notes: string[] = [];
    await download(dir, { onProgress: (p) => p.note && notes.push(p.note) });
    expect(await readFile(join(dir, GZ))).toEqual(X);
    const ranges = server.requests
      .filter((r) => r.includes('_x.'))
      .map((r) => Number(/bytes=(\d+)/.exec(r)?.[1] ?? 0));
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBe(0);
    expect(ranges[1]).toBeGreaterThan(0);
    expect(ranges[2]).toBeGreaterThan(ranges[1]!);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/connection.*; going on in \d+ s/);
  });

  it('goes on with what an earlier run left', async () => {
    await start(whole);
    const dir = await tempDir();
    await writeFile(join(dir, `${GZ}.part`), X.subarray(0, 50_000));
    await download(dir);
    expect(server.requests[0]).toBe(`/${GZ}?download=1 bytes=50000-`);
    expect(await readFile(join(dir, GZ))).toEqual(X);
    expect(await readdir(dir)).not.toContain(`${GZ}.part`);
  });

  it('takes a finished .part without asking for more, and a too long one not at all', async () => {
    await start(whole);
    const dir = await tempDir();
    await writeFile(join(dir, `${GZ}.part`), X);
    await download(dir);
    expect(server.requests.filter((r) => r.includes('_x.'))).toEqual([]);
    const other = await tempDir();
    await writeFile(join(other, `${GZ}.part`), Buffer.concat([X, X]));
    await download(other);
    expect(await readFile(join(other, GZ))).toEqual(X);
  });

  it('starts anew where a server ignores Range', async () => {
    await start((_, response) => response.writeHead(200, { 'content-length': X.length }).end(X));
    const dir = await tempDir();
    await writeFile(join(dir, `${GZ}.part`), X.subarray(0, 50_000));
    await download(dir);
    expect(await readFile(join(dir, GZ))).toEqual(X);
  });

  it('starts anew where the earlier part does not fit', async () => {
    await start(whole);
    const dir = await tempDir();
    await writeFile(join(dir, `${GZ}.part`), randomBytes(50_000));
    await download(dir);
    expect(await readFile(join(dir, GZ))).toEqual(X);
  });

  it('waits out 503, as long as Retry-After says', async () => {
    await start((request, response, count) => {
      if (count === 0) response.writeHead(503, { 'retry-after': '1' }).end('busy');
      else if (count === 1) response.writeHead(503).end();
      else sendRange(request, response, X);
    });
    const notes: string[] = [];
    await download(await tempDir(), {
      retry: { ...RETRY, maxDelay: 200 },
      onProgress: (p) => p.note && notes.push(p.note),
    });
    expect(notes).toEqual([
      expect.stringMatching(/^the server answered 503 Service Unavailable; going on in 1 s$/),
      expect.stringMatching(/503/),
    ]);
  });

  it('gives up after failures in a row, and leaves no empty file', async () => {
    await start((_, response) => response.writeHead(503).end());
    const dir = await tempDir();
    await expect(download(dir)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/answered 503 Service Unavailable, 3 times in a row; try again later/),
    });
    expect(await readdir(dir)).toEqual([]);
    expect(server.requests).toHaveLength(3);
  });

  it('does not ask again after 404', async () => {
    await start((_, response) => response.writeHead(404).end());
    await expect(download(await tempDir())).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(
        /x\.h5\.gz\?download=1: the server answered 404 Not Found; the file is not at this address$/,
      ),
    });
    expect(server.requests).toHaveLength(1);
  });

  const PAGE = Buffer.from('<!DOCTYPE html><html><head><title>Sign in</title></head></html>');

  it.each<[string, Record<string, string>, Buffer, RegExp]>([
    [
      'a web page by its type',
      { 'content-type': 'text/html; charset=utf-8' },
      PAGE,
      /is a web page there, not the file: a login page or a proxy/,
    ],
    ['a web page by its first bytes', {}, PAGE, /is a web page there \("Sign in"\), not the file/],
    ['a message of another kind', {}, Buffer.from('{"error":"quota"}'), /does not begin like a gzip file/],
    [
      'another length',
      { 'content-length': '1000' },
      X,
      /has 1000 bytes there instead of \d+: it is another file/,
    ],
    ['more than the file', {}, Buffer.concat([X, X]), /more than the file's \d+ bytes came/],
  ])('tells %s at once, and keeps nothing of it', async (_, headers, answer, message) => {
    await start((_request, response) => {
      response.writeHead(200, headers);
      response.write(answer.subarray(0, Number(headers['content-length'] ?? answer.length)), () =>
        response.end(),
      );
    });
    const dir = await tempDir();
    const refused = download(dir);
    await expect(refused).rejects.toMatchObject({ code: 'network', message: expect.stringMatching(message) });
    await expect(refused).rejects.toThrow(/nothing of it was kept$/);
    expect(server.requests).toHaveLength(1);
    expect(await readdir(dir)).toEqual([]);
  });

  it('keeps what an earlier run left where a web page comes in its place, also for a CSV', async () => {
    await start((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE));
    const dir = await tempDir();
    await writeFile(join(dir, `${GZ}.part`), X.subarray(0, 50_000));
    await expect(download(dir)).rejects.toThrow('is a web page there');
    expect(await readFile(join(dir, `${GZ}.part`))).toEqual(X.subarray(0, 50_000));
    await server.close();
    server = await serve((request, response) =>
      sendRange(request, response, request.url?.includes('_meta.') ? PAGE : body(request.url)),
    );
    await expect(download(dir)).rejects.toThrow(/meta\.csv.* is a web page there \("Sign in"\)/);
    expect((await readdir(dir)).filter((name) => name.includes('meta'))).toEqual([]);
  });

  it('does not go on with a file of another length', async () => {
    await start((_, response) =>
      response
        .writeHead(206, { 'content-range': `bytes 50000-99999/100000` })
        .end(X.subarray(50_000, 100_000)),
    );
    const dir = await tempDir();
    await writeFile(join(dir, `${GZ}.part`), X.subarray(0, 50_000));
    await expect(download(dir)).rejects.toThrow(`has 100000 bytes there instead of ${X.length}`);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [401, /401 Unauthorized; it asks for a login$/],
    [403, /403 Forbidden; it asks for a login, or a proxy refuses the address$/],
  ])('says what %d may mean, once', async (status, message) => {
    await start((_, response) => response.writeHead(status).end());
    await expect(download(await tempDir())).rejects.toThrow(message);
    expect(server.requests).toHaveLength(1);
  });

  it('refuses an address that is none, and options that nobody reads', async () => {
    await start(whole);
    const dir = await tempDir();
    for (const base of ['data.example', 'ftp://data.example/pcam'])
      await expect(download(dir, { record: record(base) })).rejects.toThrow(
        `${base} is no address to download from`,
      );
    await expect(download(dir, { split: ['test'] } as object)).rejects.toThrow("did you mean 'splits'?");
    await expect(download(dir, { splits: ['val' as 'valid'] })).rejects.toThrow(
      "got 'val'; did you mean 'valid'?",
    );
    await expect(download(dir, { retry: { attempt: 3 } as object })).rejects.toThrow(
      "did you mean 'attempts'?",
    );
    expect(server.requests).toEqual([]);
  });

  it('refuses the second of two at a time, and takes over what a crash left', async () => {
    await start(whole);
    const dir = await tempDir();
    const both = await Promise.allSettled([download(dir), download(dir)]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = both.find((one) => one.status === 'rejected');
    expect(lost).toMatchObject({
      reason: {
        message: expect.stringMatching(
          /is being downloaded by another process \(\d+ on .*\); wait for it, or delete .*\.lock if it is no more$/,
        ),
      },
    });
    const other = await tempDir();
    // No process has this number: Linux's largest is 2^22.
    const owner = { pid: 4194304, host: hostname(), since: '', id: 'x' };
    await writeFile(join(other, `${GZ}.lock`), JSON.stringify(owner));
    await download(other);
    expect((await readdir(other)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('says when no server is there', async () => {
    await start(whole);
    await server.close();
    await expect(download(await tempDir())).rejects.toThrow(
      /the connection failed \(ECONNREFUSED\), 3 times in a row/,
    );
  });

  it('takes silence for a failure', async () => {
    await start((request, response, count) => {
      if (count === 0) response.writeHead(200, { 'content-length': X.length }).write(X.subarray(0, 1000));
      else sendRange(request, response, X);
    });
    const notes: string[] = [];
    await download(await tempDir(), {
      retry: { ...RETRY, stall: 100 },
      onProgress: (p) => p.note && notes.push(p.note),
    });
    expect(notes).toEqual([expect.stringMatching(/fell silent/)]);
  });

  it('removes wrong bytes and says so', async () => {
    const wrong = Buffer.from(X);
    wrong[1000]! ^= 1;
    await start((request, response) => sendRange(request, response, wrong));
    const dir = await tempDir();
    await expect(download(dir)).rejects.toMatchObject({
      code: 'checksum',
      message: expect.stringContaining(
        `md5 ${md5(wrong)} instead of ${md5(X)}; they were removed; try again, and`,
      ),
    });
    expect(await readdir(dir)).toEqual([]);
  });

  it('leaves another file of that name alone', async () => {
    await start(whole);
    const dir = await tempDir();
    await writeFile(join(dir, H5), 'mine');
    await expect(download(dir)).rejects.toMatchObject({
      code: 'checksum',
      message: expect.stringContaining('move it away'),
    });
    expect(await readFile(join(dir, H5), 'utf8')).toBe('mine');
    expect(server.requests).toEqual([]);
  });

  it('refuses before the first byte when the disk is too small', async () => {
    await start(whole);
    const dir = await tempDir();
    const free = (bytes: number) => ({ freeBytes: async () => bytes });
    await expect(download(dir, free(X.length - 1))).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/needs 0\.3 MB but has 0\.3 MB free/),
    });
    await expect(download(dir, { ...free(X.length), unpack: true })).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(server.requests).toEqual([]);
    await writeFile(join(dir, `${GZ}.part`), X.subarray(0, 100));
    await download(dir, free(X.length - 100));
  });

  it('stops on its signal and keeps what has come', async () => {
    await start((_, response) =>
      response.writeHead(200, { 'content-length': X.length }).write(X.subarray(0, 1000)),
    );
    const dir = await tempDir();
    const stop = new AbortController();
    const onProgress = vi.fn(({ done }: DataProgress) => done === 1000 && stop.abort());
    await expect(download(dir, { signal: stop.signal, onProgress })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await readFile(join(dir, `${GZ}.part`))).toEqual(X.subarray(0, 1000));
  });

  it('says when it cannot write', async () => {
    await start(whole);
    const dir = await tempDir();
    await writeFile(join(dir, 'file'), '');
    await expect(download(join(dir, 'file/below'))).rejects.toMatchObject({ code: 'unwritable' });
    await mkdir(join(dir, 'd', `${GZ}.part`), { recursive: true });
    await expect(download(join(dir, 'd'))).rejects.toMatchObject({
      code: 'unwritable',
      message: expect.stringMatching(/it is a folder/),
    });
  });
});

it('the official record is complete, with valid and test not swapped', () => {
  const md5s = Object.values(ZENODO.splits).flatMap((s) =>
    s.files.flatMap((f) => [f.md5, f.unpacked?.md5 ?? f.md5]),
  );
  expect(md5s.every((m) => /^[0-9a-f]{32}$/.test(m))).toBe(true);
  expect(new Set(md5s).size).toBe(15);
  expect(ZENODO.splits.valid.files[0]?.md5).toBe('d5b63470df7cfa627aeec8b9dc0c066e');
  expect(ZENODO.splits.test.files[0]?.md5).toBe('d8c2d60d490dbd479f8199bdfa0cf6ec');
});
