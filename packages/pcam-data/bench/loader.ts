/**
 * Images per second of the loaders, for real patches in the official layout (gzip chunks),
 * in a flat cache and in memory. From this package's folder:
 *
 *   node --conditions=@pcam/source --import=tsx bench/loader.ts DIR [--augment standard] [--workers 1] [--batch 32] [--step 0]
 *
 * DIR holds camelyonpatch_level_2_split_train_{x,y}.h5[.gz]. Each line is the better of two
 * epochs after one to warm up. "per CPU second" counts the time of all threads, so it says
 * what one undisturbed core would do on a machine that is busy otherwise. With --step MS a
 * "training step" blocks the main thread for so long after each batch, and the last column
 * tells how long it then waits for the next one (median).
 */
import '@tensorflow/tfjs-backend-cpu';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AugmentPreset, createLoader, disposeBatch, type Loader, readIntoMemory } from '@pcam/pcam-data';
import { createWorkerLoader, openFlat, openPcam, prepareFlat } from '@pcam/pcam-data/node';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    augment: { type: 'string', default: 'standard' },
    workers: { type: 'string', default: '1' },
    batch: { type: 'string', default: '32' },
    step: { type: 'string', default: '0' },
  },
});
const dir = positionals[0];
if (!dir)
  throw new Error('usage: bench/loader.ts DIR [--augment standard] [--workers 1] [--batch 32] [--step 0]');
const options = {
  batchSize: Number(values.batch),
  augment: values.augment as AugmentPreset,
  shuffle: true,
  seed: 0,
};
const workers = Number(values.workers);
const step = Number(values.step);

async function measure(what: string, loader: Loader): Promise<void> {
  let [perSecond, perCpuSecond, count] = [0, 0, 0];
  const waits: number[] = [];
  for (let epoch = 0; epoch < 3; epoch++) {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    count = 0;
    let asked = performance.now();
    for await (const batch of loader.epoch(epoch)) {
      const got = performance.now();
      // The first batch of an epoch is always waited for.
      if (count > 0) waits.push(got - asked);
      count += batch.index.length;
      disposeBatch(batch);
      while (performance.now() - got < step);
      asked = performance.now();
    }
    const { user, system } = process.cpuUsage(cpu);
    if (epoch === 0) continue;
    perSecond = Math.max(perSecond, (count / (performance.now() - start)) * 1e3);
    perCpuSecond = Math.max(perCpuSecond, (count / (user + system)) * 1e6);
  }
  await loader.close();
  const median = waits.sort((a, b) => a - b)[waits.length >> 1] ?? 0;
  console.log(
    `${what.padEnd(24)} ${perSecond.toFixed(0).padStart(6)} images/s ${perCpuSecond.toFixed(0).padStart(6)} per CPU second, waits ${median.toFixed(1).padStart(5)} ms a batch  (n=${count})`,
  );
}

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; augment ${options.augment}, batch ${options.batchSize}, workers ${workers}, step ${step} ms`,
);
const folder = await mkdtemp(join(tmpdir(), 'pcam-bench-'));
try {
  const official = await openPcam(dir, 'train');
  const file = join(folder, 'train.pcamflat');
  await prepareFlat(official, file);
  const flat = await openFlat(file);
  const memory = await readIntoMemory(flat);
  for (const [name, data] of Object.entries({ official, flat, memory })) {
    await measure(`${name}, main thread`, createLoader(data, options));
    await measure(`${name}, workers`, await createWorkerLoader(data, { ...options, workers }));
    await data.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
