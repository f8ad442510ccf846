import { useEngine } from '@pcam/engine';
import { createLoader } from '@pcam/pcam-data';
import { div, fill, mul, type Scalar, sqrt, sub, sum, type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { type FitOptions, fit, memoryLog, memoryStore, TrainingDivergedError } from '../src/index.js';
import { bits, tinyData, tinyLoader, tinyModel } from './support/tiny.js';

beforeAll(async () => void (await useEngine('cpu')));

async function diverge(options: Partial<FitOptions>): Promise<TrainingDivergedError> {
  const all = { model: tinyModel(), data: tinyLoader(tinyData(12)), epochs: 4, clipNorm: null, ...options };
  const error = await fit(all).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TrainingDivergedError);
  expect((error as Error).message).not.toContain('\n');
  return error as TrainingDivergedError;
}

test('too high a learning rate: step, patches, layer, losses; the checkpoint stays good', async () => {
  const store = memoryStore();
  const log = memoryLog();
  const { diagnosis, message } = await diverge({
    store,
    log,
    data: createLoader(tinyData(8), { batchSize: 4 }),
    optimizer: { name: 'sgd', learningRate: 1e25, momentum: 0 },
    schedule: { name: 'constant' },
    checkpointEvery: { steps: 1 },
  });
  expect(diagnosis.first).toEqual({ kind: 'logit', name: 'logits' });
  expect(diagnosis.step).toBe(diagnosis.recentLosses.length + 1);
  expect(diagnosis.index).toEqual(diagnosis.step % 2 === 1 ? [0, 1, 2, 3] : [4, 5, 6, 7]);
  expect(diagnosis.learningRate).toBe(1e25);
  expect(diagnosis.recentLosses).toEqual(
    log.records.flatMap((record) => (record.kind === 'step' ? [record.loss] : [])),
  );
  expect(message).toContain(`training diverged at step ${diagnosis.step} (epoch`);
  expect(message).toContain('lower the learning rate');
});

test('a poisoned weight is named, and no weight is changed', async () => {
  const model = tinyModel();
  const poisoned = tensor2d(new Float32Array(6).fill(Number.NaN), [6, 1]);
  model.variables.get('head/weights')!.assign(poisoned);
  const before = await bits(model);
  const { diagnosis } = await diverge({ model });
  expect(diagnosis).toMatchObject({ step: 1, epoch: 1, first: { kind: 'parameter', name: 'head/weights' } });
  const after = await bits(model);
  for (const [name, variable] of model.variables) {
    if (variable.trainable) expect(after[name]).toEqual(before[name]);
  }
});

test('a layer that overflows is named', async () => {
  const inner = tinyModel();
  const forward: typeof inner.forward = (images, { tap = (_: string, x: Tensor) => x, ...rest } = {}) =>
    inner.forward(images, { ...rest, tap: (name, x) => tap(name, div(x, mul(sub(x, x), 1))) });
  const { diagnosis } = await diverge({ model: { ...inner, forward } });
  expect(diagnosis.first).toEqual({ kind: 'activation', name: 'hidden' });
});

test('an image with a number that is none is blamed on the data', async () => {
  const data = tinyLoader(tinyData(12));
  const epoch: typeof data.epoch = async function* (e, from) {
    for await (const batch of data.epoch(e, from)) {
      batch.images.dispose();
      yield { ...batch, images: fill([4, 32, 32, 3], Number.NaN) };
    }
  };
  const { diagnosis, message } = await diverge({ data: { ...data, epoch } });
  expect(diagnosis.first).toEqual({ kind: 'image', name: 'images' });
  expect(message).toContain('check the data at these patches');
});

test('a loss term that is not finite is named', async () => {
  const infinite = (): { name: string; value: Scalar } => ({
    name: 'infinite',
    value: fill([], Infinity) as Scalar,
  });
  const { diagnosis, message } = await diverge({ lossTerms: [infinite] });
  expect(diagnosis.first).toEqual({ kind: 'loss term', name: 'infinite' });
  expect(diagnosis.terms.infinite).toBe(Infinity);
  expect(message).toContain('check that term, or lower its weight');
});

test('a gradient that is not finite beside a finite loss is named', async () => {
  const model = tinyModel();
  const bias = model.variables.get('hidden/bias')!;
  // √0 has the value 0 and an infinite slope.
  const root = (): { name: string; value: Scalar } => {
    return { name: 'root', value: sqrt(sum(mul(bias, 0))) as Scalar };
  };
  const { diagnosis } = await diverge({ model, lossTerms: [root] });
  expect(Number.isFinite(diagnosis.loss)).toBe(true);
  expect(diagnosis.first).toEqual({ kind: 'gradient', name: 'hidden/bias' });
});
