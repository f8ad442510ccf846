import { checkKeys } from '@pcam/options';
import type { Dataset, Patches } from '../dataset.js';
import { checkSize, paintPatch } from './patch.js';
import { type Plan, planSplit } from './plan.js';

/** Which synthetic patches: the same options give the same. */
export interface SyntheticDatasetOptions {
  readonly seed: number;
  /** How many patches; even numbers hold exactly as many positives as negatives. */
  readonly n: number;
  /** Splits of one seed share no slide; `train` by default. */
  readonly split?: string;
  /** Height and width in pixels: a multiple of 32, at least 64; 96 by default. */
  readonly size?: number;
  /** How many synthetic slides the patches come from, 40 by default. */
  readonly slides?: number;
  /** Painted patches are kept up to this many bytes, 512 MiB by default; others are painted at each read. */
  readonly cacheBytes?: number;
}

/**
 * Synthetic PCam without a file: patches are painted when they are first read (some
 * 300 a second), the same for the same options.
 *
 * @throws Error naming an unknown option; RangeError for a count, size or number of slides that cannot be.
 */
export function createSyntheticDataset(options: SyntheticDatasetOptions): Dataset {
  checkKeys<SyntheticDatasetOptions>('createSyntheticDataset', options, {
    seed: true,
    n: true,
    split: true,
    size: true,
    slides: true,
    cacheBytes: true,
  });
  const { seed, n, split = 'train', size = 96, slides = 40, cacheBytes = 512 * 2 ** 20 } = options;
  checkSize(size);
  checkCount('seed', seed, 0);
  checkCount('n', n, 1);
  checkCount('slides', slides, 1);
  checkCount('cacheBytes', cacheBytes, 0);
  const plan = planSplit(seed, split, slides);
  const pixels = size * size;
  const labels = plannedLabels(plan, n);
  const slots = Math.min(n, Math.floor(cacheBytes / (pixels * 4)));
  const kept: ({ image: Uint8Array; mask: Uint8Array } | undefined)[] = [];
  const paint = (index: number): { image: Uint8Array; mask: Uint8Array } => {
    const found = kept[index];
    if (found) return found;
    const patch = { image: new Uint8Array(pixels * 3), mask: new Uint8Array(pixels) };
    paintPlanned(plan, index, size, patch.image, patch.mask, 0);
    if (index < slots) kept[index] = patch;
    return patch;
  };
  return {
    name: `synthetic/${split}`,
    length: n,
    height: size,
    width: size,
    hasMasks: true,
    labels,
    slides: Array.from({ length: n }, (_, index) => plan.slide(index).id),
    async read(index): Promise<Patches> {
      const count = index.length;
      const images = new Uint8Array(count * pixels * 3);
      const masks = new Uint8Array(count * pixels);
      for (let i = 0; i < count; i++) {
        const at = index[i] as number;
        if (!Number.isInteger(at) || at < 0 || at >= n) {
          throw new RangeError(`synthetic/${split}: no patch ${at}; there are ${n}, from 0 to ${n - 1}`);
        }
        const { image, mask } = paint(at);
        images.set(image, i * pixels * 3);
        masks.set(mask, i * pixels);
      }
      const taken = Int32Array.from(index);
      return { images, masks, labels: Uint8Array.from(taken, (at) => labels[at] as number), index: taken };
    },
    async close() {
      kept.length = 0;
    },
  };
}

/** The targets hold in the pixels, so labels are known before any is painted. */
export function plannedLabels(plan: Plan, n: number): Uint8Array {
  return Uint8Array.from({ length: n }, (_, index) => (plan.target(index) === 'centre' ? 1 : 0));
}

/** Paints patch `index` of a plan into place `offset` of buffers that may hold many. */
export function paintPlanned(
  plan: Plan,
  index: number,
  size: number,
  image: Uint8Array,
  mask: Uint8Array,
  offset: number,
): void {
  const options = { random: plan.random(index), slide: plan.slide(index), size, target: plan.target(index) };
  paintPatch({ ...options, image, mask, offset });
}

export function checkCount(what: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${what} ${value}: a whole number of at least ${least} is needed`);
  }
}
