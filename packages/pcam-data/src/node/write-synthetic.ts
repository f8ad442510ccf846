import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkKeys } from '@pcam/options';
import { checkCount, paintPlanned, plannedLabels } from '../synthetic/dataset.js';
import { checkSize } from '../synthetic/patch.js';
import { type Plan, planSplit, slidePrefix } from '../synthetic/plan.js';
import { hash } from '../synthetic/random.js';
import { DataError } from './errors.js';
import { officialName } from './official-files.js';
import { type PatchChunk, type PatchMeta, writePcamSplit } from './write-pcam.js';

const CHUNK = 64;
const FULL_RESOLUTION_FACTOR = 4;

/** Which synthetic splits, and where to. */
export interface WriteSyntheticPcamOptions {
  /** Created where it does not exist. Synthetic PCam that lies there is replaced, nothing else. */
  readonly dir: string;
  readonly seed: number;
  /** Patches in each split, e.g. `{ train: 4000, valid: 500, test: 500 }`; 0 or absent: not written. */
  readonly splits: Readonly<Partial<Record<'train' | 'valid' | 'test', number>>>;
  /** Height and width in pixels: a multiple of 32, at least 64; 96 by default. */
  readonly size?: number;
  /** How many synthetic slides a split comes from, 40 by default. */
  readonly slides?: number;
  /** Called after every few patches with counts over all splits. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Writes Synthetic PCam in the official layout: for each split `x`, `y` and `mask` as
 * `.h5` and the meta CSV, the same bytes for the same seed, sizes and slides. Memory
 * holds 64 patches.
 *
 * @returns the paths written.
 * @throws RangeError for counts that cannot be; DataError unwritable (also where the
 *   folder holds other PCam files of these splits), disk-full.
 */
export async function writeSyntheticPcam(options: WriteSyntheticPcamOptions): Promise<string[]> {
  checkKeys<WriteSyntheticPcamOptions>('writeSyntheticPcam', options, {
    dir: true,
    seed: true,
    splits: true,
    size: true,
    slides: true,
    onProgress: true,
  });
  checkKeys<WriteSyntheticPcamOptions['splits']>('writeSyntheticPcam: splits', options.splits, {
    train: true,
    valid: true,
    test: true,
  });
  const { dir, seed, size = 96, slides = 40 } = options;
  const splits = Object.entries(options.splits ?? {}).filter(([, n]) => n !== 0);
  checkSize(size);
  checkCount('seed', seed, 0);
  checkCount('slides', slides, 1);
  for (const [split, n] of splits) checkCount(`split ${split}: n`, n, 1);
  if (splits.length === 0) throw new RangeError('no split to write: give a count for train, valid or test');
  for (const [split] of splits) await refuseForeign(dir, split);
  const total = splits.reduce((sum, [, n]) => sum + n, 0);
  const paths: string[] = [];
  let before = 0;
  for (const [split, n] of splits) {
    const chunks = paintChunks(planSplit(seed, split, slides), n, size);
    const onProgress = (done: number): void => options.onProgress?.(before + done, total);
    paths.push(
      ...(await writePcamSplit({
        dir,
        split,
        n,
        size,
        masks: true,
        meta: true,
        overwrite: true,
        chunks,
        onProgress,
      })),
    );
    before += n;
  }
  return paths;
}

/** Real PCam has the same file names: it must not be lost to a mistaken folder. */
async function refuseForeign(dir: string, split: string): Promise<void> {
  const names = await readdir(dir).catch((): string[] => []);
  const there = (['x', 'y', 'mask', 'meta'] as const)
    .flatMap((part) => [officialName(split, part), `${officialName(split, part)}.gz`])
    .find((name) => names.includes(name));
  if (there === undefined) return;
  const meta = await readFile(join(dir, officialName(split, 'meta')), 'utf8').catch(() => '');
  if (meta.split('\n')[1]?.includes(`,${slidePrefix(split)}`)) return;
  throw new DataError(
    'unwritable',
    `${join(dir, there)} is there and not synthetic; choose another folder, or move it away`,
  );
}

function* paintChunks(plan: Plan, n: number, size: number): Generator<PatchChunk> {
  const pixels = size * size;
  const allLabels = plannedLabels(plan, n);
  for (let start = 0; start < n; start += CHUNK) {
    const count = Math.min(CHUNK, n - start);
    const images = new Uint8Array(count * pixels * 3);
    const masks = new Uint8Array(count * pixels);
    const meta: PatchMeta[] = [];
    const labels = allLabels.subarray(start, start + count);
    for (let i = 0; i < count; i++) {
      const index = start + i;
      paintPlanned(plan, index, size, images, masks, i);
      meta.push({
        ...position(index, size),
        tumorPatch: masks.subarray(i * pixels, (i + 1) * pixels).includes(1),
        centerTumorPatch: labels[i] === 1,
        slide: plan.slide(index).id,
      });
    }
    yield { images, labels, masks, meta };
  }
}

/** A place of its own for each patch, on a grid over an imagined slide. */
function position(index: number, size: number): { y: number; x: number } {
  const columns = 256;
  const step = size * FULL_RESOLUTION_FACTOR;
  const jitter = (hash([index], 3) >>> 0) % FULL_RESOLUTION_FACTOR;
  return { y: Math.floor(index / columns) * step + jitter, x: (index % columns) * step + jitter };
}
