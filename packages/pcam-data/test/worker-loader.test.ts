import '@tensorflow/tfjs-backend-cpu';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Batch,
  createLoader,
  createMemoryDataset,
  disposeBatch,
  type MemoryDataset,
  subset,
  withMasks,
} from '../src/index.js';
import { createWorkerLoader, openPcam } from '../src/node/index.js';
import { workerUrl } from '../src/node/worker-pool.js';

const SIZE = 16;
const REAL =
  process.env.PCAM_REAL_DATA ?? fileURLToPath(new URL('../../../../shared/data/pcam-real', import.meta.url));

function small(length: number, masks = true, tumorPatch = false): MemoryDataset {
  const bytes = (n: number, bound: number): Uint8Array =>
    Uint8Array.from({ length: n }, (_, i) => (i * i * 31) % bound);
  return createMemoryDataset({
    images: bytes(length * SIZE * SIZE * 3, 251),
    labels: Array.from({ length }, (_, i) => i % 2),
    ...(masks && { masks: bytes(length * SIZE * SIZE, 2) }),
    ...(tumorPatch && { tumorPatch: Array.from({ length }, (_, i) => Number(i % 3 > 0)) }),
    height: SIZE,
    width: SIZE,
  });
}

async function collect(batches: AsyncIterable<Batch>): Promise<unknown[]> {
  const out: unknown[] = [];
  for await (const batch of batches) {
    const { images, labels, masks, tumorPatch, index } = batch;
    const digest = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
      createHash('md5')
        .update(new Uint8Array(buffer, byteOffset, byteLength))
        .digest('hex');
    out.push({
      index,
      shape: images.shape,
      images: digest(images.dataSync()),
      labels: digest(labels.dataSync()),
      masks: masks && digest(masks.dataSync()),
      tumorPatch: tumorPatch && [...tumorPatch.dataSync()],
    });
    disposeBatch(batch);
  }
  return out;
}

describe('createWorkerLoader', () => {
  const options = { batchSize: 3, shuffle: true, seed: 11, augment: 'strong' } as const;

  it.each([1, 2])('gives the batches of createLoader with %d workers', async (workers) => {
    const ring = Uint8Array.from({ length: 20 * SIZE * SIZE }, (_, i) => Number(i % SIZE === 0));
    for (const data of [
      small(20),
      subset(small(20, false, true), [3, 19, 3, 0, 8]),
      subset(withMasks(small(20), ring), [3, 19, 3, 0, 8]),
    ]) {
      const loader = await createWorkerLoader(data, { ...options, workers });
      const reference = createLoader(data, options);
      expect(await collect(loader.epoch(0))).toEqual(await collect(reference.epoch(0)));
      expect(await collect(loader.epoch(4, 1))).toEqual(await collect(reference.epoch(4, 1)));
      await loader.close();
    }
  });

  it('serves two readers at a time', async () => {
    const loader = await createWorkerLoader(small(12), options);
    const both = await Promise.all([collect(loader.epoch(0)), collect(loader.epoch(1))]);
    const reference = createLoader(small(12), options);
    expect(both).toEqual([await collect(reference.epoch(0)), await collect(reference.epoch(1))]);
    await loader.close();
  });

  it.skipIf(!existsSync(REAL))('reads official files (real patches needed)', async () => {
    const data = await openPcam(REAL, 'test');
    const loader = await createWorkerLoader(data, {
      ...options,
      batchSize: 16,
      workers: 2,
      augment: 'standard',
    });
    const reference = createLoader(data, { ...options, batchSize: 16, augment: 'standard' });
    const from = loader.batchesPerEpoch - 3;
    expect(await collect(loader.epoch(2, from))).toEqual(await collect(reference.epoch(2, from)));
    await loader.close();
    const opened = await createWorkerLoader(data.spec, options);
    expect(opened.dataset.length).toBe(data.length);
    expect(await collect(opened.epoch(0, 130))).toEqual(
      await collect(createLoader(data, options).epoch(0, 130)),
    );
    await opened.close();
    await data.close();
  });

  it('stops cleanly where the reader does, leaks no tensor, and goes on afterwards', async () => {
    const loader = await createWorkerLoader(small(30), options);
    const before = memory().numTensors;
    for await (const batch of loader.epoch(0)) {
      disposeBatch(batch);
      break;
    }
    expect(await collect(loader.epoch(1))).toHaveLength(10);
    expect(memory().numTensors).toBe(before);
    await loader.close();
  });

  it('refuses bad options, foreign data sets and specs that do not open', async () => {
    await expect(createWorkerLoader(small(4), { workers: 0 })).rejects.toThrow(
      'workers must be a positive whole number',
    );
    await expect(createWorkerLoader(small(4), { batchSize: -1 })).rejects.toThrow('batchSize must be');
    const { arrays: _, ...foreign } = small(4);
    await expect(createWorkerLoader(foreign)).rejects.toThrow('a worker cannot open memory again');
    await expect(createWorkerLoader({ kind: 'pcam', dir: '/nowhere', split: 'train' })).rejects.toThrow(
      '/nowhere',
    );
  });

  it('ends a waiting reader with an error when it is closed', async () => {
    const loader = await createWorkerLoader(small(30), options);
    const waiting = collect(loader.epoch(0));
    const outcome = expect(waiting).rejects.toThrow('closed while a batch was awaited');
    await loader.close();
    await outcome;
    await expect(collect(loader.epoch(0))).rejects.toThrow('closed');
    await loader.close();
  });
});

describe('errors in a worker', () => {
  it('reach the reader with their message', async () => {
    // The worker opens the spec anew, so a data set that opened here can fail to open there.
    const data = Object.assign(small(4), { spec: { kind: 'pcam', dir: '/gone', split: 'train' } });
    const loader = await createWorkerLoader(data, { batchSize: 2 });
    await expect(collect(loader.epoch(0))).rejects.toThrow('/gone');
    await loader.close();
  });
});

describe('a process that uses the loader', () => {
  const folder = fileURLToPath(new URL(`.tmp-worker-${process.pid}/`, import.meta.url));
  beforeAll(() => mkdirSync(folder, { recursive: true }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = async (body: string): Promise<string> => {
    const file = join(folder, 'main.ts');
    writeFileSync(
      file,
      `import '@tensorflow/tfjs-backend-cpu';
import { createMemoryDataset, disposeBatch } from '@pcam/pcam-data';
import { createWorkerLoader } from '@pcam/pcam-data/node';
const data = createMemoryDataset({ images: new Uint8Array(12 * 32 * 32 * 3), labels: new Uint8Array(12), height: 32, width: 32 });
const loader = await createWorkerLoader(data, { batchSize: 2, workers: 2 });
let count = 0;
${body}
console.log('batches', count);
`,
    );
    const flags = ['--conditions=@pcam/source', '--import=tsx'];
    return (await promisify(execFile)(process.execPath, [...flags, file], { timeout: 40_000 })).stdout;
  };

  it('ends by itself without close, after a whole epoch and after an early stop', async () => {
    const read = 'for await (const batch of loader.epoch(0)) { count++; disposeBatch(batch);';
    expect(await run(`${read} }\n${read} break; }`)).toContain('batches 7');
  });

  it('waits for its threads in close, also while their batches still come in', async () => {
    // Where it does not, the process ends with its top-level await unsettled: exit code 13.
    const body = `for (let i = 0; i < 5; i++) {
  const busy = await createWorkerLoader(data, { batchSize: 1, prefetch: 12, augment: 'strong' });
  for await (const batch of busy.epoch(0)) { count++; disposeBatch(batch); break; }
  await busy.close();
}`;
    expect(await run(body)).toContain('batches 5');
  });
});

describe('workerUrl', () => {
  it('finds the worker from the sources, from dist/node and from a chunk in dist', () => {
    const root = mkdtempSync(join(tmpdir(), 'pcam-worker-'));
    const url = (path: string): string => pathToFileURL(join(root, path)).href;
    mkdirSync(join(root, 'node'));
    writeFileSync(join(root, 'node', 'worker.js'), '');
    expect(workerUrl(url('node/worker-pool.ts')).href).toBe(url('node/worker-from-source.mjs'));
    expect(workerUrl(url('node/index.js')).href).toBe(url('node/worker.js'));
    expect(workerUrl(url('chunk-X.js')).href).toBe(url('node/worker.js'));
    expect(() => workerUrl(url('elsewhere/bundle/all.js'))).toThrow('keep @pcam/pcam-data external');
    rmSync(root, { recursive: true });
  });
});
