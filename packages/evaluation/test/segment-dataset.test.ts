import { useEngine } from '@pcam/engine';
import { createMemoryDataset, type MemoryDataset } from '@pcam/pcam-data';
import { fill, memory, neg, slice, squeeze, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  chooseThresholds,
  mappedBatches,
  measureMaps,
  PIXEL_MEASURES,
  segmentDataset,
} from '../src/index.js';

beforeAll(async () => void (await useEngine('cpu')));

const SIDE = 32;
const PIXELS = SIDE * SIDE;

/** Patches whose red channel, the map, is high left of a column and low right of it; what is left of another is tumour. */
function patches(
  columns: readonly (readonly [high: number, tumour: number])[],
  masked = true,
): MemoryDataset {
  const pixels = (of: (column: number, x: number) => number, k: 0 | 1): number[] =>
    columns.flatMap((column) => Array.from({ length: PIXELS }, (_, i) => of(column[k], i % SIDE)));
  const images = Uint8Array.from(pixels((high, x) => (x < high ? 204 : 51), 0).flatMap((red) => [red, 0, 0]));
  const masks = Uint8Array.from(pixels((tumour, x) => (x < tumour ? 1 : 0), 1));
  const labels = columns.map(([, tumour]) => (tumour > 0 ? 1 : 0));
  return createMemoryDataset({
    ...{ images, labels, height: SIDE, width: SIDE, name: 'columns' },
    ...(masked && { masks }),
  });
}

const attribute = (images: Tensor4D): Tensor3D => squeeze(slice(images, [0, 0, 0, 0], [-1, -1, -1, 1]), [3]);
const opposite = (images: Tensor4D): Tensor3D => neg(attribute(images));
const codeOf = (code: string) => expect.objectContaining({ name: 'EvaluationError', code });
const test2 = patches([
  [8, 16],
  [0, 0],
]);
const valid = patches([
  [16, 16],
  [0, 0],
]);

describe('segmentDataset', () => {
  test('gives what one can work out by hand, beside baselines and another model', async () => {
    const before = memory().numTensors;
    const seen: string[] = [];
    const found = await segmentDataset(test2, {
      attribute,
      source: { dataset: valid, apart: true },
      rule: { method: 'bestF1' },
      compare: opposite,
      calls: { logits: [3, -3], called: [1, 0] },
      bootstrap: { resamples: 20 },
      batchSize: 1,
      onPatch: ({ index, mask }) => void seen.push(`${index} ${mask.reduce((sum, v) => sum + v, 0)}`),
      onProgress: (task, done, total) => void seen.push(`${task} ${done}/${total}`),
    });
    expect(memory().numTensors).toBe(before);
    expect(seen.slice(0, 6)).toEqual([
      'threshold 1/2',
      'threshold 2/2',
      `0 ${8 * SIDE}`,
      'segmenting 1/2',
      '1 0',
      'segmenting 2/2',
    ]);
    expect(found).toMatchObject({
      cut: 'maskSelected',
      shares: [0.25, 0],
      prevalence: 0.25,
      partlyTumorous: 1,
    });
    expect(found.thresholds.maskSelected).toBeCloseTo(0.5, 3);
    expect(found.thresholds.plainSource).toBe("Otsu's rule on 2 patches of columns, without masks");
    expect(found.dice![0]).toBeCloseTo(2 / 3, 12); // half of the tumour, nothing else
    const { model, maskSelected, painted, allOnes, compare, gain } = found.estimates!;
    expect(Object.keys(model)).toEqual(PIXEL_MEASURES.map(({ key }) => key));
    expect(Object.keys(maskSelected!)).toEqual(
      PIXEL_MEASURES.filter(({ of }) => of === 'mask').map(({ key }) => key),
    );
    expect(model.iou!.value).toBeCloseTo(0.5, 12);
    expect(allOnes.dice!.value).toBeCloseTo(2 / 5, 12);
    // Only the first patch, half of it tumour: a quarter of it rightly comes first, then all the rest.
    expect(model.withinPatchAp!.value).toBeCloseTo(1 / 2 + (1 / 2) * (1 / 2), 12);
    expect(model.withinPatchAuroc!.value).toBeCloseTo(1 / 2 + (1 / 2) * (1 / 2), 12);
    expect(compare!.withinPatchAp!.value).toBeCloseTo((1 / 2) * (1 / 3) + (1 / 2) * (1 / 2), 12);
    expect(gain!.withinPatchAp!.value).toBeCloseTo(3 / 4 - 5 / 12, 12);
    expect(painted!.withinPatchAp!.value).toBe(1 / 2);
    expect(painted!.pixelAp!.value).toBe(1 / 2);
    expect(painted!.dice!.value).toBeCloseTo(2 / 3, 12);
    expect(gain!.dice!.value).toBeCloseTo(model.dice!.value! - compare!.dice!.value!, 12);
    expect(model.dice!.ci95).toHaveLength(2);
  });

  test('draws the groups given in the place of slides, and patches without either', async () => {
    const columns = [
      [8, 16],
      [4, 20],
      [24, 8],
      [16, 12],
    ] as const;
    const slides = ['a', 'a', 'a', 'a'];
    const of = async (set: MemoryDataset, groups?: readonly string[]) => {
      const bootstrap = { resamples: 200, ...(groups && { groups }) };
      const { estimates } = await segmentDataset(set, { attribute, bootstrap });
      return estimates!.model.withinPatchAp!.ci95;
    };
    const plain = patches(columns);
    const onOneSlide: MemoryDataset = { ...plain, slides };
    const [apart, paired] = [await of(plain), await of(onOneSlide, ['x', 'x', 'y', 'y'])];
    expect(await of(onOneSlide)).toBeNull();
    expect(await of(plain, ['x', 'x', 'y', 'y'])).toEqual(paired);
    expect(paired).not.toEqual(apart);
  });

  test('has nothing within patches where all are one kind', async () => {
    const pure = patches([
      [8, SIDE],
      [0, 0],
    ]);
    const { partlyTumorous, estimates } = await segmentDataset(pure, {
      attribute,
      bootstrap: { resamples: 5 },
    });
    expect(partlyTumorous).toBe(0);
    expect(estimates!.model.withinPatchAp).toEqual({ value: null, ci95: null });
    expect(estimates!.model.pixelAp!.value).toBeGreaterThan(0.5);
    expect(estimates!.painted).toBeUndefined();
  });

  test('refuses calls of other patches', async () => {
    const calls = { logits: [1], called: [1, 0] };
    await expect(segmentDataset(test2, { attribute, calls })).rejects.toThrow(
      'segmentDataset: calls.logits has 1 values for 2 patches of columns; give one a patch',
    );
    await expect(segmentDataset(test2, { attribute, calls })).rejects.toEqual(codeOf('size'));
  });

  test('cuts patches without masks, and has no scores of them', async () => {
    const bare = patches([[8, 16]], false);
    const found = await segmentDataset(bare, { attribute });
    expect(found).toMatchObject({ cut: 'plain', shares: [0.25] });
    expect(found.thresholds.plainSource).toContain('on the pixels of the patches evaluated, without masks');
    expect([found.estimates, found.dice, found.prevalence]).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    ['masks of its own', { rule: { method: 'bestF1' } }],
    ['labels of its own', { rule: { method: 'labels' } }],
    [
      'masks without tumour',
      { rule: { method: 'bestF1' }, source: { dataset: patches([[8, 0]]), apart: true } },
    ],
    ['maps that are all alike', { source: { dataset: patches([[0, 0]]), apart: true } }],
  ] as const)('refuses to choose by %s', async (_, options) => {
    await expect(segmentDataset(test2, { attribute, ...options })).rejects.toEqual(codeOf('threshold'));
  });

  test('refuses an option that nobody reads', async () => {
    await expect(segmentDataset(test2, { attribute, minimumAria: 3 } as never)).rejects.toThrow(
      "did you mean 'minimumArea'?",
    );
    await expect(segmentDataset(test2, { attribute, minimumAria: 3 } as never)).rejects.toEqual(
      codeOf('option'),
    );
  });
});

describe('mappedBatches', () => {
  test('leaves nothing behind where one stops early, or where a map is none', async () => {
    const before = memory().numTensors;
    for await (const { maps, masks, labels } of mappedBatches(test2, attribute, { batchSize: 1 })) {
      expect([maps.shape, masks!.length, [...labels]]).toEqual([[1, SIDE, SIDE], PIXELS, [1]]);
      break;
    }
    const all = async (of: (x: Tensor4D) => unknown, options = {}): Promise<void> => {
      for await (const _ of mappedBatches(test2, of as never, options));
    };
    await expect(all(() => fill([2, 8, 8], 1))).rejects.toThrow(
      'mappedBatches: attribute gave a tensor [2, 8, 8] for images [2, 32, 32, 3]; expected maps [2, 32, 32]',
    );
    await expect(all(() => fill([2, SIDE, SIDE], Number.NaN))).rejects.toThrow(
      'mappedBatches: the map of patch 0 of columns holds NaN',
    );
    await expect(all('gradCam' as never)).rejects.toThrow(
      "must be a function of images, (x) => gradCam(model, x), got 'gradCam'",
    );
    await expect(all(attribute, { batchSize: 0 })).rejects.toEqual(codeOf('option'));
    await expect(all(attribute, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    expect(memory().numTensors).toBe(before);
  });
});

test('what is no rule is refused before any map is made', async () => {
  const never = () => {
    throw new Error('a map was made');
  };
  for (const [rule, message] of [
    ['Otsu', "got 'Otsu'; did you mean { method: 'otsu' }?"],
    [{ method: 'bestf1' }, "got the method 'bestf1'; did you mean { method: 'bestF1' }?"],
    [Number.NaN, 'a rule is a finite number or { method } of otsu, labels, quantile, bestF1, got NaN'],
    [null, 'got null'],
  ] as const) {
    await expect(segmentDataset(test2, { attribute: never, rule: rule as never })).rejects.toThrow(message);
    await expect(chooseThresholds(test2, never, { a: rule as never })).rejects.toEqual(codeOf('option'));
  }
  await expect(segmentDataset(test2, { attribute, compare: 1 as never })).rejects.toThrow(
    'compare: attribute',
  );
});

test('several cuts are chosen and measured in one pass each', async () => {
  const rules = { otsu: { method: 'otsu' }, labels: { method: 'labels' }, given: 0.1 } as const;
  const thresholds = await chooseThresholds(valid, attribute, rules);
  expect(thresholds).toMatchObject({ given: 0.1, otsu: expect.closeTo(0.5, 3) });
  const { scores, overlaps } = await measureMaps(test2, attribute, { thresholds });
  expect(scores.pooled.averagePrecision()).toBeGreaterThan(0.5);
  expect(scores.withinImages()).toEqual([{ averagePrecision: 0.75, auroc: 0.75 }, null]);
  expect(overlaps.given.counts()).toMatchObject({ tp: 16 * SIDE, fn: 0 }); // everything is cut out
  expect(overlaps.otsu.counts()).toMatchObject({ tp: 8 * SIDE, fp: 0 });
});
