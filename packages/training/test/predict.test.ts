import { useEngine } from '@pcam/engine';
import { createLoader, createMemoryDataset, dihedral, disposeBatch } from '@pcam/pcam-data';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { fit, predict } from '../src/index.js';
import { tinyData, tinyLoader, tinyModel } from './support/tiny.js';

beforeAll(async () => void (await useEngine('cpu')));

test('logits, labels and places in the order of the loader, whatever the batch size', async () => {
  const model = tinyModel();
  const dataset = tinyData(7);
  const before = memory().numTensors;
  const seen: string[] = [];
  const whole = await predict(model, createLoader(dataset, { batchSize: 7 }));
  const parts = await predict(model, createLoader(dataset, { batchSize: 3 }), {
    onProgress: (done, total) => seen.push(`${done}/${total}`),
  });
  expect([...parts.index]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(parts.labels).toEqual(dataset.labels);
  for (const [i, logit] of whole.logits.entries()) expect(parts.logits[i]).toBeCloseTo(logit, 5);
  expect(seen).toEqual(['3/7', '6/7', '7/7']);
  expect(memory().numTensors).toBe(before);
});

test("'dihedral' is the mean over the 8 symmetries, and the same for a turned image", async () => {
  const model = tinyModel();
  const loader = createLoader(tinyData(3), { batchSize: 3 });
  const { logits } = await predict(model, loader, { tta: 'dihedral' });
  const plain = await predict(model, loader);
  const mean = new Float64Array(3);
  for await (const batch of loader.epoch(0)) {
    for (let k = 0; k < 8; k++) {
      const view = model.forward(dihedral(batch.images, k));
      for (const [i, value] of (await view.data()).entries()) mean[i]! += value / 8;
    }
    disposeBatch(batch);
  }
  for (const [i, value] of mean.entries()) {
    expect(logits[i]).toBeCloseTo(value, 5);
    expect(plain.logits[i]).not.toBeCloseTo(value, 3);
  }
  const epoch: typeof loader.epoch = async function* () {
    for await (const batch of loader.epoch(0)) {
      yield { ...batch, images: dihedral(batch.images, 5) };
      batch.images.dispose();
    }
  };
  const turned = await predict(model, { ...loader, epoch }, { tta: 'dihedral' });
  for (const [i, value] of logits.entries()) expect(turned.logits[i]).toBeCloseTo(value, 5);
});

test('an aborted signal ends it, with the reason and without a leak', async () => {
  const model = tinyModel();
  const before = memory().numTensors;
  const controller = new AbortController();
  const onProgress = (): void => controller.abort(new Error('enough'));
  const loader = createLoader(tinyData(8), { batchSize: 2 });
  await expect(predict(model, loader, { onProgress, signal: controller.signal })).rejects.toThrow('enough');
  expect(memory().numTensors).toBe(before);
});

test('the report: temperature and threshold from the validation split, with and without augmentation', async () => {
  const model = tinyModel();
  const valid = createLoader(tinyData(20, 2), { batchSize: 8 });
  const { validation } = await fit({ model, data: tinyLoader(tinyData(12)), valid, epochs: 3, tta: true });
  const { none, dihedral: turned, labels, index, dataset } = validation!;
  expect(dataset).toBe('tiny-20-2');
  expect(index).toEqual(Array.from({ length: 20 }, (_, i) => i));
  const best = await predict(model, valid);
  expect(none.logits).toEqual([...best.logits]);
  expect(turned!.logits).toEqual([...(await predict(model, valid, { tta: 'dihedral' })).logits]);
  for (const { logits, temperature, threshold } of [none, turned!]) {
    const loss = (t: number): number =>
      logits.reduce((sum, z, i) => sum + Math.log1p(Math.exp(((labels[i] ? -1 : 1) * z) / t)), 0);
    expect(loss(temperature)).toBeLessThanOrEqual(loss(temperature * 1.02) + 1e-9);
    expect(loss(temperature)).toBeLessThanOrEqual(loss(temperature / 1.02) + 1e-9);
    const youden = (cut: number): number => {
      const hits = (label: number): number =>
        logits.filter((z, i) => labels[i] === label && 1 / (1 + Math.exp(-z / temperature)) >= cut).length /
        labels.filter((each) => each === label).length;
      return hits(1) - hits(0);
    };
    for (let cut = 0.01; cut < 1; cut += 0.01) expect(youden(threshold)).toBeGreaterThan(youden(cut) - 1e-9);
  }
});

test('a validation split of one class has no AUROC and keeps the plain threshold', async () => {
  const { arrays } = tinyData(4, 2);
  const valid = createLoader(createMemoryDataset({ ...arrays, labels: [1, 1, 1, 1] }), { batchSize: 4 });
  const { history, validation } = await fit({
    model: tinyModel(),
    data: tinyLoader(tinyData(8)),
    valid,
    epochs: 2,
    monitor: 'loss',
  });
  expect(history.map(({ valid: scores }) => scores!.auroc)).toEqual([null, null]);
  expect(validation!.none).toMatchObject({ temperature: 1, threshold: 0.5 });
});
