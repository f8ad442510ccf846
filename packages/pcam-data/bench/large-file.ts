/**
 * Opens a split as large as PCam's train (262,144 patches, 7.2 GB, offsets past 4 GiB)
 * and reads 1,000 random patches: is every byte right, and how much memory does it take?
 * The files are sparse: only the patches that are read hold anything.
 *
 *   pnpm --filter @pcam/pcam-data bench:large-file
 *
 * It is bundled first, since the memory that a TypeScript loader takes is not ours.
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPcam } from '../src/node/index.js';
import { hdf5Header } from '../src/node/write-hdf5.js';

const PATCHES = 262_144;
const SIZE = 96;
const BYTES = SIZE * SIZE * 3;
const READS = 1000;

/** A pattern that no two of the patches share. */
function pattern(i: number): Uint8Array {
  const out = new Uint8Array(BYTES);
  for (let k = 0, state = i + 1; k < BYTES; k++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[k] = state >>> 24;
  }
  return out;
}

/** 1,000 places from first to last, in no order. */
const index = Array.from({ length: READS }, (_, k) => {
  const place = (k * 617) % READS;
  return Math.round((place * (PATCHES - 1)) / (READS - 1));
});

const dir = await mkdtemp(join(tmpdir(), 'pcam-large-'));
const path = (part: string): string => join(dir, `camelyonpatch_level_2_split_train_${part}.h5`);
try {
  const header = hdf5Header('x', [PATCHES, SIZE, SIZE, 3]);
  const bytes = header.length + PATCHES * BYTES;
  const x = await open(path('x'), 'w');
  await x.write(header, 0, header.length, 0);
  await x.truncate(bytes);
  for (const i of index) await x.write(pattern(i), 0, BYTES, header.length + i * BYTES);
  await x.close();
  const y = await open(path('y'), 'w');
  const labels = Uint8Array.from({ length: PATCHES }, (_, i) => i % 2);
  await y.writeFile(Buffer.concat([hdf5Header('y', [PATCHES, 1, 1, 1]), labels]));
  await y.close();

  const before = performance.now();
  const data = await openPcam(dir, 'train');
  const opened = performance.now();
  let right = 0;
  let reading = 0;
  for (const i of index) {
    const start = performance.now();
    const { images, labels } = await data.read([i]);
    reading += performance.now() - start;
    if (Buffer.compare(images, pattern(i)) === 0 && labels[0] === i % 2) right++;
  }
  await data.close();
  const result = {
    patches: data.length,
    bytes,
    reads: READS,
    right,
    maxRssMB: Math.round(process.resourceUsage().maxRSS / 1000),
    openMs: Math.round(opened - before),
    readMs: Number((reading / READS).toFixed(2)),
  };
  if (process.argv.includes('--json')) console.log(JSON.stringify(result));
  else
    console.log(
      `${result.patches} patches, ${result.bytes} bytes: opened in ${result.openMs} ms, ${right} of ${READS} random ` +
        `patches right, ${result.readMs} ms each, ${result.maxRssMB} MB of memory at most`,
    );
} finally {
  await rm(dir, { recursive: true });
}
