import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import {
  type Attribution,
  chooseMapThreshold,
  dihedralMaps,
  inBatches,
  labelThreshold,
  mapHistogram,
  multiScaleMaps,
  paddedMaps,
  pseudoMasks,
  removeSmallObjects,
  segment,
  smoothMaps,
} from '../src/index.js';

const images = tf.ones<tf.Rank.R4>([3, 2, 2, 1]);
const maps = tf.ones<tf.Rank.R3>([3, 2, 2]);
const mean: Attribution = (batch) => tf.mean(batch, 3);
const masks = { size: [2, 2], centre: 32, labels: [0], threshold: 0 } as const;
// biome-ignore lint/suspicious/noExplicitAny: what a user without types may give
const any = (value: unknown): any => value;

it.each<[string, () => unknown, string]>([
  ['inBatches', () => inBatches(images, mean, any({ batchsize: 4 })), "did you mean 'batchSize'?"],
  ['multiScaleMaps', () => multiScaleMaps(mean, images, any({ scale: [1] })), "did you mean 'scales'?"],
  ['segment', () => segment(maps, any({ threshold: 0, minArea: 4 })), "did you mean 'minimumArea'?"],
  ['segment, a name of elsewhere', () => segment(maps, any({ threshold: 0, sigma: 1 })), "'smoothing'"],
  [
    'removeSmallObjects',
    () => removeSmallObjects([1], any({ size: [1, 1], minimumArea: 2, conectivity: 4 })),
    "'connectivity'",
  ],
  ['mapHistogram', () => mapHistogram(any({ bins: 9 })), "did you mean 'bits'?"],
  ['labelThreshold', () => labelThreshold(any({ size: [2, 2], shares: 1 })), "did you mean 'share'?"],
  ['pseudoMasks', () => pseudoMasks([0, 0, 0, 0], any({ ...masks, tresh: 1 })), "did you mean 'threshold'?"],
  [
    'chooseMapThreshold',
    () => chooseMapThreshold([1, 2], any({ method: 'quantile', quantil: 1 })),
    "chooseMapThreshold by 'quantile': unknown option 'quantil'; did you mean 'quantile'?",
  ],
  [
    'chooseMapThreshold, an option of another method',
    () => chooseMapThreshold([1, 2], any({ method: 'otsu', quantile: 0.9 })),
    "chooseMapThreshold by 'otsu': unknown option 'quantile'",
  ],
  [
    'chooseMapThreshold, masks beside a histogram',
    () => chooseMapThreshold(mapHistogram(), { method: 'bestF1', masks: [1] }),
    'a histogram has masks of its own',
  ],
])('refuses options that nobody reads: %s', async (_, call, message) => {
  await expect(async () => call()).rejects.toThrow(message);
});

it.each<[string, () => unknown, string]>([
  [
    'a method',
    () => chooseMapThreshold([1, 2], any({ method: 'ostu' })),
    "chooseMapThreshold: method must be one of otsu, quantile, bestF1, got 'ostu'; did you mean 'otsu'?",
  ],
  ['a rule by name', () => segment(maps, any({ threshold: 'otsu' })), "{ method: 'otsu' }"],
  ['an area of NaN', () => segment(maps, { threshold: 0, minimumArea: Number.NaN }), 'minimumArea is NaN'],
  [
    'a connectivity',
    () => removeSmallObjects([1], any({ size: [1, 1], minimumArea: 2, connectivity: 6 })),
    'connectivity is 6',
  ],
  ['a size', () => labelThreshold(any({ size: 96 })), 'labelThreshold: size is 96; expected [height, width]'],
  ['a label of 7', () => pseudoMasks([0, 0, 0, 0], { ...masks, labels: [7] }), 'Label 0 is 7'],
  ['no threshold', () => pseudoMasks([0, 0, 0, 0], any({ ...masks, threshold: undefined })), 'is undefined'],
  ['data for a tensor', () => smoothMaps(any([1, 2]), 1), 'must be a tensor [B, H, W], got an array'],
  ['maps with channels', () => segment(any(images), { threshold: 0 }), 'got a tensor [3, 2, 2, 1]'],
  [
    'one image',
    () => inBatches(any(maps), mean),
    'images must be a tensor [N, H, W, C], got a tensor [3, 2, 2]',
  ],
  [
    'a model',
    () => inBatches(images, any({ forward: 1 })),
    'attribute must be a function, such as (batch) =>',
  ],
  [
    'a promise of maps',
    () =>
      inBatches(
        images,
        any(async () => maps),
      ),
    'must be a tensor [B, h, w], got a promise',
  ],
  ['fewer maps', () => inBatches(images, () => tf.ones([1, 2, 2])), 'maps [1,2,2] for a batch of 3 images'],
  [
    'averaging a model',
    () => dihedralMaps(any({ forward: 1 }), images),
    'dihedralMaps: attribute must be a function',
  ],
  [
    'padding of maps',
    () => paddedMaps(mean, any(maps), 1),
    'paddedMaps: images must be a tensor [B, H, W, C]',
  ],
  ['one scale', () => multiScaleMaps(mean, images, any({ scales: 2 })), 'There are no scales (2)'],
])('says in one line what is wrong with %s', async (_, call, message) => {
  await expect(async () => call()).rejects.toThrow(message);
});

it('inBatches tells which image of all is the first of a batch', async () => {
  const seen: number[][] = [];
  await inBatches(
    images,
    (batch, first) => {
      seen.push([first, batch.shape[0]]);
      return mean(batch);
    },
    { batchSize: 2 },
  );
  expect(seen).toEqual([
    [0, 2],
    [2, 1],
  ]);
});
