import { useEngine } from '@pcam/engine';
import { createLoader, createSyntheticDataset, disposeBatch, type Loader } from '@pcam/pcam-data';
import { beforeAll, expect, test } from 'vitest';
import { openSplits, sharedIndices, shareOf } from '../src/data.js';
import { cellsOf, networkNames } from '../src/networks.js';
import { experimentOptions } from '../src/options.js';
import { inRounds, planOf } from '../src/rounds.js';

beforeAll(async () => void (await useEngine('auto')));

const labels = Uint8Array.from({ length: 1719 }, (_, i) => (i % 13 < 5 ? 1 : 0));

test('smaller shares are part of larger ones, and as positive', () => {
  const shares = [10, 25, 50, 100].map((share) => new Set(sharedIndices(labels, share, 0)));
  expect(shares.map(({ size }) => size)).toEqual([172, 430, 860, 1719]);
  for (const [i, smaller] of shares.slice(0, -1).entries()) {
    for (const place of smaller) expect(shares[i + 1]!.has(place)).toBe(true);
    const positive = [...smaller].filter((place) => labels[place] === 1).length / smaller.size;
    expect(positive).toBeCloseTo(labels.reduce((sum, label) => sum + label, 0) / labels.length, 2);
  }
});

test('a share is the same each time, ascending, spread over all patches; another seed draws others', () => {
  const share = sharedIndices(labels, 10, 0);
  expect(sharedIndices(labels, 10, 0)).toEqual(share);
  expect(share).toEqual(share.toSorted((a, b) => a - b));
  expect(sharedIndices(labels, 10, 1)).not.toEqual(share);
  for (const part of [0, 1, 2, 3]) {
    const inside = share.filter((place) => Math.floor((4 * place) / labels.length) === part).length;
    expect(inside).toBeGreaterThan(20);
  }
  expect(sharedIndices([0, 0, 1], 10, 0)).toHaveLength(2);
});

test('a share of a data set holds its patches', async () => {
  const all = createSyntheticDataset({ seed: 0, n: 20, size: 64 });
  expect(shareOf(all, 100)).toBe(all);
  const some = shareOf(all, 50);
  const indices = sharedIndices(all.labels, 50, 0);
  expect((await some.read([3])).images).toEqual((await all.read([indices[3]!])).images);
});

test('no slide of synthetic patches is in two splits', async () => {
  const options = experimentOptions.parse({ size: 64, train: 60, valid: 20, test: 20 });
  const { train, valid, test: held } = await openSplits(options);
  const slides = [train, valid, held].map((split) => [...new Set(split.slides)]);
  expect(new Set(slides.flat()).size).toBe(slides.flat().length);
});

test('steps grow with the root of the share, and are looked at as often', () => {
  expect([10, 25, 50, 100].map((share) => planOf(1200, share))).toEqual([
    { rounds: 20, stepsPerRound: 19 },
    { rounds: 20, stepsPerRound: 30 },
    { rounds: 20, stepsPerRound: 42 },
    { rounds: 20, stepsPerRound: 60 },
  ]);
  expect(planOf(3, 100)).toEqual({ rounds: 3, stepsPerRound: 1 });
  expect(planOf(1, 10)).toEqual({ rounds: 1, stepsPerRound: 1 });
});

test('rounds cut the passes of a loader, from any batch on', async () => {
  const dataset = createSyntheticDataset({ seed: 0, n: 10, size: 64 });
  const loader = createLoader(dataset, { batchSize: 3, shuffle: true, dropLast: true, seed: 4 });
  const passes = [
    ...(await indices(loader, 0)),
    ...(await indices(loader, 1)),
    ...(await indices(loader, 2)),
  ];
  const rounds = inRounds(loader, 4);
  expect(rounds).toMatchObject({ batchesPerEpoch: 4, batchSize: 3, seed: 4 });
  expect([...(await indices(rounds, 0)), ...(await indices(rounds, 1))]).toEqual(passes.slice(0, 8));
  expect(await indices(rounds, 1, 2)).toEqual(passes.slice(6, 8));
});

async function indices(loader: Loader, epoch: number, from = 0): Promise<number[][]> {
  const found: number[][] = [];
  for await (const batch of loader.epoch(epoch, from)) {
    found.push([...batch.index]);
    disposeBatch(batch);
  }
  return found;
}

test('each seed is whole before the next, what is soon done comes first', () => {
  const cells = cellsOf({ networks: ['densenet-p4m', 'cnn'], shares: [100, 10], seeds: [0, 1] });
  expect(cells.map(({ network, share, seed }) => `${network} ${share} ${seed}`)).toEqual([
    'cnn 10 0',
    'cnn 100 0',
    'densenet-p4m 10 0',
    'densenet-p4m 100 0',
    'cnn 10 1',
    'cnn 100 1',
    'densenet-p4m 10 1',
    'densenet-p4m 100 1',
  ]);
});

test('flags take lists, and refuse what is none', () => {
  const { networks, shares, seeds } = experimentOptions.parse({ networks: 'cnn, resnet', shares: '5,12.5' });
  expect({ networks, shares, seeds }).toEqual({
    networks: ['cnn', 'resnet'],
    shares: [5, 12.5],
    seeds: [0, 1, 2],
  });
  expect(experimentOptions.parse({}).networks).toEqual(networkNames);
  for (const wrong of [
    { networks: 'vgg' },
    { shares: '0' },
    { shares: '101' },
    { seeds: '0.5' },
    { seeds: '' },
  ])
    expect(experimentOptions.safeParse(wrong).success).toBe(false);
});
