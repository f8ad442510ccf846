import { useEngine } from '@pcam/engine';
import { createMemoryDataset, createSyntheticDataset, type MemoryDataset } from '@pcam/pcam-data';
import { fill, memory, slice, squeeze, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { pseudoMasked } from '../src/index.js';

beforeAll(async () => void (await useEngine('cpu')));

const SIDE = 34;
const PIXELS = SIDE * SIDE;

/** Patches whose red channel is the map; a ring of one pixel lies outside the centre. */
function patches(
  reds: readonly ((y: number, x: number) => number)[],
  labels: number[],
  more = {},
): MemoryDataset {
  const images = new Uint8Array(reds.length * PIXELS * 3);
  for (const [k, red] of reds.entries()) {
    for (let i = 0; i < PIXELS; i++) images[(k * PIXELS + i) * 3] = red(Math.floor(i / SIDE), i % SIDE);
  }
  return createMemoryDataset({ images, labels, height: SIDE, width: SIDE, name: 'red', ...more });
}

const attribute = (images: Tensor4D): Tensor3D => squeeze(slice(images, [0, 0, 0, 0], [-1, -1, -1, 1]), [3]);
const flat = (value: number) => () => value;
/** Positive patches reach 200 in their centre, negative ones 100 there, with more beside it. */
const valid = patches([flat(200), (y) => (y === 0 ? 255 : 100)], [1, 0]);

test('maps are cut where labels are told best, and what labels tell overrules them', async () => {
  const train = patches([flat(255), flat(255), (_, x) => (x < 9 ? 255 : 10), flat(255)], [0, 1, 1, 0], {
    tumorPatch: [1, 1, 1, 0],
    slides: ['a', 'b', 'c', 'd'],
  });
  const before = memory().numTensors;
  const seen: string[] = [];
  const onProgress = (done: number, total: number) => seen.push(`${done}/${total}`);
  const options = { train, valid, attribute, batchSize: 3, onProgress };
  const { dataset, threshold, tumourShare } = await pseudoMasked(options);
  expect(threshold * 255).toBeGreaterThan(100);
  expect(threshold * 255).toBeLessThan(200);
  const sums = async (of: typeof dataset) => {
    const { masks } = await of.read([0, 1, 2, 3]);
    return [0, 1, 2, 3].map((k) => masks!.subarray(k * PIXELS, (k + 1) * PIXELS).reduce((a, b) => a + b, 0));
  };
  expect(await sums(dataset)).toEqual([PIXELS - 32 * 32, PIXELS, 9 * SIDE, 0]);
  expect(tumourShare).toBeCloseTo((2 * PIXELS - 32 * 32 + 9 * SIDE) / (4 * PIXELS), 12);
  expect(dataset.slides).toEqual(train.slides);
  expect(seen).toEqual(['2/6', '5/6', '6/6']);
  expect(memory().numTensors).toBe(before);
  // Without metadata the last patch's ring is what its map says.
  const { dataset: unknown } = await pseudoMasked({ ...options, tumorFree: false });
  expect((await sums(unknown))[3]).toBe(PIXELS - 32 * 32);
});

test('says what is wrong', async () => {
  const train = patches([flat(255)], [1]);
  const negative = patches([flat(1)], [0]);
  await expect(pseudoMasked({ train, valid: negative, attribute })).rejects.toThrow('No patch is positive');
  const small = createMemoryDataset({ images: new Uint8Array(12), labels: [1], height: 2, width: 2 });
  await expect(pseudoMasked({ train, valid: small, attribute })).rejects.toThrow(
    'memory has patches of 2×2, red of 34×34: give splits of one size.',
  );
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(pseudoMasked({ train, valid, attribute, signal })).rejects.toThrow('enough');
  await expect(pseudoMasked({ atribute: 1 } as never)).rejects.toThrow("did you mean 'attribute'?");
  const patches64 = createSyntheticDataset({ seed: 1, n: 4, size: 64 });
  const other = (): never => fill([4, 8, 8], 1) as never;
  await expect(pseudoMasked({ train: patches64, valid: patches64, attribute: other })).rejects.toThrow(
    'pseudoMasked: attribute gave a tensor [4, 8, 8] for images [4, 64, 64, 3]; expected maps [4, 64, 64]',
  );
});
