import { useEngine } from '@pcam/engine';
import { createLoader } from '@pcam/pcam-data';
import {
  grad,
  memory,
  mul,
  type Scalar,
  scalar,
  square,
  sum,
  type Tensor,
  type Tensor4D,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type FitOptions,
  type FitResult,
  fit,
  type LossContext,
  type LossTerm,
  memoryLog,
  type StepRecord,
  scheduleFactor,
} from '../src/index.js';
import { bits, tinyData, tinyLoader, tinyModel } from './support/tiny.js';

beforeAll(async () => void (await useEngine('cpu')));

async function run(options: Partial<FitOptions> = {}): Promise<{ result: FitResult; steps: StepRecord[] }> {
  const model = options.model ?? tinyModel();
  const steps: StepRecord[] = [];
  try {
    const data = tinyLoader(tinyData(12));
    const onStep = (record: StepRecord): void => void steps.push(record);
    return { result: await fit({ model, data, epochs: 2, onStep, ...options }), steps };
  } finally {
    if (!options.model) model.dispose();
  }
}

test('a batch that is seen again and again is learnt by heart', async () => {
  const model = tinyModel();
  const data = createLoader(tinyData(8), { batchSize: 8 });
  const { steps } = await run({
    model: { ...model, forward: (images, options) => model.forward(images, { ...options, training: false }) },
    data,
    epochs: 400,
    optimizer: { name: 'adamw', learningRate: 0.03, weightDecay: 0 },
    schedule: { name: 'constant' },
    clipNorm: null,
  });
  expect(steps[0]!.loss).toBeGreaterThan(0.4);
  expect(steps.at(-1)!.loss).toBeLessThan(0.01);
  model.dispose();
});

test('records: steps and epochs count from 1, the rate follows the schedule', async () => {
  const log = memoryLog();
  const schedule = { name: 'cosine', warmup: 0.5 } as const;
  const valid = createLoader(tinyData(10, 2), { batchSize: 4 });
  const { result, steps } = await run({ log, valid, schedule, emaDecay: 0.9 });
  expect(steps.map(({ step, epoch }) => [step, epoch])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
    [6, 2],
  ]);
  for (const { step, learningRate } of steps) {
    expect(learningRate).toBeCloseTo(0.001 * scheduleFactor(schedule, step - 1, 6), 12);
  }
  expect(log.records.map(({ kind }) => kind).join()).toBe('step,step,step,epoch,step,step,step,epoch');
  const mean = (steps[0]!.loss + steps[1]!.loss + steps[2]!.loss) / 3;
  expect(result.history[0]!.trainLoss).toBeCloseTo(mean, 12);
  expect(result.history[0]!.best).toBe(true);
  expect(result.stopped).toBe('finished');
});

test('accumulated gradients are those of the one large batch', async () => {
  const weights = async (batchSize: number, accumulate: number): Promise<Record<string, number[]>> => {
    const inner = tinyModel();
    const model: typeof inner = { ...inner, forward: (images) => inner.forward(images) };
    const data = createLoader(tinyData(12), { batchSize });
    const optimizer = { name: 'sgd', learningRate: 0.5 } as const;
    const { steps } = await run({ model, data, accumulate, optimizer, clipNorm: null });
    expect(steps.length).toBe(2);
    const values = await bits(model);
    model.dispose();
    return values;
  };
  const whole = await weights(12, 1);
  // 5 + 5 + 2 images: the smaller batch counts less.
  const parts = await weights(5, 3);
  for (const [name, values] of Object.entries(whole)) {
    for (const [i, value] of values.entries()) expect(parts[name]![i]).toBeCloseTo(value, 5);
  }
});

describe('memory', () => {
  test('neither tensors nor bytes grow over 1,000 steps', async () => {
    const model = tinyModel();
    const seen = new Set<string>();
    const { result } = await run({
      model,
      data: tinyLoader(tinyData(40)),
      valid: createLoader(tinyData(4, 2), { batchSize: 4 }),
      epochs: 100,
      emaDecay: 0.99,
      lossTerms: [() => ({ name: 'nothing', value: scalar(0) })],
      onStep: () => {
        const { numTensors, numBytes, numDataBuffers } = memory();
        seen.add(`${numTensors} ${numBytes} ${numDataBuffers}`);
      },
    });
    expect(result.step).toBe(1000);
    expect(seen.size).toBe(1);
    model.dispose();
  });

  test('nothing is left after a run, an abort or an error', async () => {
    const before = memory().numTensors;
    const valid = createLoader(tinyData(6, 2), { batchSize: 4 });
    await run({ valid, tta: true, emaDecay: 0.9, accumulate: 2 });
    expect(memory().numTensors).toBe(before);
    const controller = new AbortController();
    const { result } = await run({ valid, signal: controller.signal, onStep: () => controller.abort() });
    expect(result.stopped).toBe('aborted');
    expect(memory().numTensors).toBe(before);
    await expect(
      run({ optimizer: { name: 'sgd', learningRate: 1e30 }, clipNorm: null, epochs: 5 }),
    ).rejects.toThrow('training diverged');
    expect(memory().numTensors).toBe(before);
  });
});

test('early stopping ends a run whose score does not improve, and keeps the best weights', async () => {
  const model = tinyModel();
  const valid = createLoader(tinyData(12, 2), { batchSize: 4 });
  const { result } = await run({ model, valid, epochs: 50, patience: 3, minDelta: 1 });
  expect(result.stopped).toBe('patience');
  expect(result.epochs).toBe(4);
  expect(result.best).toMatchObject({ epoch: 1, step: 3 });
  model.dispose();
});

test('class weights and label smoothing reach the loss', async () => {
  const first = async (options: Partial<FitOptions>): Promise<number> =>
    (await run({ epochs: 1, data: tinyLoader(tinyData(12), 12), ...options })).steps[0]!.loss;
  const plain = await first({});
  expect(await first({ labelSmoothing: 0.3 })).not.toBeCloseTo(plain, 3);
  expect(await first({ classWeight: 3 })).toBeGreaterThan(plain);
});

test('an extra loss term is added, logged and differentiated', async () => {
  const model = tinyModel();
  const head = model.variables.get('head/weights')!;
  const size = (values: readonly number[]): number => values.reduce((total, value) => total + value ** 2, 0);
  const before = size((await bits(model))['head/weights']!);
  const seen: string[] = [];
  const { steps } = await run({
    model,
    epochs: 20,
    clipNorm: null,
    optimizer: { name: 'sgd', learningRate: 0.02 },
    lossTerms: [
      ({ forward, images, labels, logits, step, epoch }) => {
        seen.push(`${step} ${epoch} ${images.shape[0]} ${labels.shape[0]}`);
        // The same pass again gives the same logits: dropout and statistics are the step's own.
        expect([...forward(images).dataSync()]).toEqual([...logits.dataSync()]);
        return { name: 'ridge', value: mul(sum(square(head)), 0.5) };
      },
    ],
  });
  expect(seen.slice(0, 4)).toEqual(['1 1 4 4', '2 1 4 4', '3 1 4 4', '4 2 4 4']);
  expect(steps[0]!.terms!.ridge).toBeCloseTo(before / 2, 4);
  expect(steps[0]!.loss).toBeGreaterThan(steps[0]!.terms!.ridge!);
  expect(size((await bits(model))['head/weights']!)).toBeLessThan(before / 2);
  model.dispose();
});

test("a term's forward pass leaves the running statistics alone", async () => {
  const statistics = async (lossTerms: FitOptions['lossTerms']): Promise<number[]> => {
    const model = tinyModel();
    await run({ model, epochs: 1, ...(lossTerms && { lossTerms }) });
    const values = (await bits(model))['norm/mean']!;
    model.dispose();
    return values;
  };
  const plain = await statistics(undefined);
  const again = await statistics([
    ({ forward, images }) => ({ name: 'none', value: mul(sum(forward(images)), 0) }),
  ]);
  expect(again).toEqual(plain);
});

test("slopes of the step's own pass are those of another, to first and second order", async () => {
  const trained = async (slopes: (context: LossContext) => Tensor): Promise<number[]> => {
    const model = tinyModel();
    const penalty: LossTerm = (context) => ({
      name: 'penalty',
      value: mul(sum(square(slopes(context))), 0.1) as Scalar,
    });
    await run({ model, epochs: 2, lossTerms: [penalty] });
    const values = Object.values(await bits(model)).flat();
    model.dispose();
    return values;
  };
  const own = await trained(({ pass }) => {
    expect(pass.gradient(pass.images)).toBe(pass.gradient(pass.images));
    return pass.gradient(pass.images);
  });
  const again = await trained(({ forward, images }) => grad((x) => sum(forward(x as Tensor4D)))(images));
  const plain = await trained(({ images }) => zerosLike(images));
  const distance = (a: number[], b: number[]): number =>
    Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  expect(distance(own, again)).toBeLessThan(1e-6);
  expect(distance(own, plain)).toBeGreaterThan(1e-4);
});

test('the averaged weights are what is validated and kept', async () => {
  const model = tinyModel();
  const valid = createLoader(tinyData(12, 2), { batchSize: 4 });
  const settings = { optimizer: { name: 'sgd', learningRate: 0.3 }, schedule: { name: 'constant' } } as const;
  const plain = tinyModel();
  await run({ model: plain, epochs: 1, ...settings });
  const raw = await bits(plain);
  const { result } = await run({ model, valid, epochs: 1, emaDecay: 0.5, ...settings });
  const averaged = await bits(model);
  expect(averaged).not.toEqual(raw);
  // Decays of 0.1, 2/11 and 0.25 over three steps: mostly the latest weights.
  for (const [name, values] of Object.entries(averaged)) {
    for (const [i, value] of values.entries()) expect(Math.abs(value - raw[name]![i]!)).toBeLessThan(0.2);
  }
  expect(result.validation!.none.logits.length).toBe(12);
  model.dispose();
  plain.dispose();
});
