import { useEngine } from '@pcam/engine';
import { createUnet, readWeights, type SegmentationModel } from '@pcam/models';
import { createLoader, createMemoryDataset, disposeBatch, type MemoryDataset } from '@pcam/pcam-data';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { fitSegmentation, type SegmentationEpoch, type SegmentationStep } from '../src/index.js';
import { numbers, tinyData } from './support/tiny.js';

const side = 32;

beforeAll(async () => void (await useEngine('wasm')));

/** A bright rectangle in noise, somewhere; its mask. */
function rectangles(n: number, seed: number): MemoryDataset {
  const places = numbers(n * 2, seed + 50);
  const masks = new Uint8Array(n * side * side);
  for (let i = 0; i < n; i++) {
    const [top, left] = [places[2 * i]!, places[2 * i + 1]!].map((u) => Math.floor((u + 0.5) * 20));
    for (let y = 0; y < 12; y++)
      masks.fill(1, (i * side + top! + y) * side + left!, (i * side + top! + y) * side + left! + 9);
  }
  const noise = numbers(masks.length * 3, seed);
  const images = Uint8Array.from(noise, (u, i) => 100 + 120 * u + 90 * masks[Math.floor(i / 3)]!);
  return createMemoryDataset({ images, masks, labels: Array(n).fill(1), height: side, width: side });
}

const unet = (): SegmentationModel => createUnet({ widths: [4, 8], downDepth: 1, dropout: 0.1, seed: 1 });

function train(model: SegmentationModel, { seed = 0, learningRate = 0.05, epochs = 8 } = {}) {
  const steps: SegmentationStep[] = [];
  const records: SegmentationEpoch[] = [];
  const run = fitSegmentation({
    model,
    data: createLoader(rectangles(16, 1), {
      batchSize: 8,
      shuffle: true,
      seed: 4,
      augment: { dihedral: true },
    }),
    valid: createLoader(rectangles(5, 2), { batchSize: 3 }),
    epochs,
    seed,
    optimizer: { name: 'adamw', learningRate },
    onStep: (record) => void steps.push(record),
    onEpoch: (record) => void records.push(record),
  });
  return run.then((result) => ({ ...result, steps, records }));
}

test('learns where the rectangles are, and ends with the weights of the best epoch', async () => {
  const model = unet();
  const before = memory().numTensors;
  const { best, history, steps, records } = await train(model);
  expect(memory().numTensors).toBe(before);
  expect(steps.map(({ step, epoch }) => [step, epoch]).slice(1, 4)).toEqual([
    [2, 1],
    [3, 2],
    [4, 2],
  ]);
  expect(records).toEqual(history);
  expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(history[7]!.trainLoss).toBeLessThan(0.5 * history[0]!.trainLoss);
  expect(best!.validLoss).toBe(Math.min(...history.map(({ validLoss }) => validLoss!)));

  let [sum, right, count] = [0, 0, 0];
  for await (const batch of createLoader(rectangles(5, 2), { batchSize: 2 }).epoch(0)) {
    const logits = model.forward(batch.images);
    const masks = batch.masks!.dataSync();
    for (const [i, z] of logits.dataSync().entries()) {
      sum += Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - masks[i]! * z;
      right += Number(z > 0 === masks[i]! > 0);
      count++;
    }
    logits.dispose();
    disposeBatch(batch);
  }
  expect(sum / count).toBeCloseTo(best!.validLoss!, 5);
  expect(right / count).toBeGreaterThan(0.93); // 0.89 without a pixel of any
  model.dispose();
});

test('gives the same weights for the same seeds, and others for another', async () => {
  const [first, again, other] = [unet(), unet(), unet()];
  const losses = (await train(first, { seed: 7, epochs: 2 })).steps.map(({ loss }) => loss);
  expect((await train(again, { seed: 7, epochs: 2 })).steps.map(({ loss }) => loss)).toEqual(losses);
  await train(other, { seed: 8, epochs: 2 });
  expect(await readWeights(again)).toEqual(await readWeights(first));
  expect(await readWeights(other)).not.toEqual(await readWeights(first));
  for (const model of [first, again, other]) model.dispose();
});

test('refuses data without masks and settings out of range, and stops where the loss is not finite', async () => {
  const model = unet();
  const data = createLoader(rectangles(4, 1), { batchSize: 4 });
  const valid = createLoader(tinyData(4));
  const before = memory().numTensors;
  await expect(fitSegmentation({ model, data, valid, epochs: 1 })).rejects.toThrow(/tiny-4-1 has no masks/);
  await expect(fitSegmentation({ model, data, epochs: 0 })).rejects.toThrow(/epochs must be a whole number/);
  await expect(train(model, { learningRate: 1e30 })).rejects.toThrow(
    /^fitSegmentation: loss .* at step \d+ \(epoch 1\); lower/,
  );
  expect(memory().numTensors).toBe(before);
  model.dispose();
});
