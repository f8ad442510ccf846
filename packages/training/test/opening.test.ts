/* What a user brings of his own, and what records tell of it. */
import { useEngine } from '@pcam/engine';
import { registerFamily } from '@pcam/models';
import { createLoader } from '@pcam/pcam-data';
import {
  mean,
  memory,
  mul,
  type Scalar,
  scalar,
  square,
  sub,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  adamW,
  binaryCrossEntropy,
  type EpochRecord,
  type FitOptions,
  type FitResult,
  fit,
  type LossContext,
  type LossTerm,
  memoryStore,
  modelFromCheckpoint,
  type OwnOptimizer,
  type StepRecord,
  TrainingDivergedError,
} from '../src/index.js';
import { bits, tinyData, tinyLoader, tinyModel } from './support/tiny.js';

beforeAll(async () => void (await useEngine('cpu')));

interface Outcome {
  readonly result: FitResult;
  readonly steps: StepRecord[];
  readonly weights: Record<string, number[]>;
}

async function run(options: Partial<FitOptions> = {}): Promise<Outcome> {
  const model = tinyModel();
  const steps: StepRecord[] = [];
  try {
    const data = tinyLoader(tinyData(8));
    const valid = createLoader(tinyData(10, 2), { batchSize: 5 });
    const onStep = (record: StepRecord): void => void steps.push(record);
    const result = await fit({ model, data, valid, epochs: 3, onStep, ...options });
    return { result, steps, weights: await bits(model) };
  } finally {
    model.dispose();
  }
}

test('a schedule as a function sets the rate of each step, as the same one by name does', async () => {
  const own = await run({ schedule: (step, total) => (step < total / 2 ? 1 : 0.1), optimizer: 'adamw' });
  expect(own.steps.map(({ learningRate }) => learningRate)).toEqual([0.001, 0.001, 0.001, 1e-4, 1e-4, 1e-4]);
  const constant = await run({ schedule: 'constant' });
  expect((await run({ schedule: () => 1 })).weights).toEqual(constant.weights);
});

test('plateau lowers the rate once the monitored score stops getting better', async () => {
  const schedule = { name: 'plateau', patience: 0, factor: 0.5 } as const;
  const monitor = { name: 'nothing', mode: 'max', of: () => 1 } as const;
  const { steps } = await run({ schedule, monitor });
  expect(steps.map(({ learningRate }) => learningRate)).toEqual([0.001, 0.001, 0.001, 0.001, 5e-4, 5e-4]);
});

test("an optimizer of one's own: the built-in one under a new face learns the same", async () => {
  const own: OwnOptimizer = { learningRate: 0.01, ...adamW({ weightDecay: 0.05 }) };
  const built = { name: 'adamw', learningRate: 0.01, weightDecay: 0.05 } as const;
  expect((await run({ optimizer: own })).weights).toEqual((await run({ optimizer: built })).weights);
});

test("an optimizer of one's own may hand its state back; nothing of it is left", async () => {
  const before = memory().numTensors;
  const descent: OwnOptimizer = {
    learningRate: 0.1,
    init: (parameters) => ({ first: zerosLike(Object.values(parameters)[0]!) }),
    update: ({ parameters, gradients, state, learningRate, gradientScale = 1 }) => {
      const move = ([name, value]: [string, Tensor]): [string, Tensor] => {
        const gradient = gradients[name];
        return [name, gradient ? tidy(() => sub(value, mul(gradient, learningRate * gradientScale))) : value];
      };
      return { parameters: Object.fromEntries(Object.entries(parameters).map(move)), state };
    },
  };
  const sgd = { name: 'sgd', learningRate: 0.1, momentum: 0 } as const;
  const { weights } = await run({ optimizer: descent });
  for (const [name, values] of Object.entries((await run({ optimizer: sgd })).weights)) {
    for (const [i, value] of values.entries()) expect(weights[name]![i]).toBeCloseTo(value, 5);
  }
  expect(memory().numTensors).toBe(before);
  const partial: OwnOptimizer = { ...descent, update: ({ state }) => ({ parameters: {}, state }) };
  await expect(run({ optimizer: partial })).rejects.toThrow(
    "optimizer: update gave parameters 'hidden/weights' nothing; expected [48,6]",
  );
  const stateless = { ...descent, init: () => ({}), update: ({ parameters }: never) => ({ parameters }) };
  await expect(run({ optimizer: stateless as never })).rejects.toThrow(
    'optimizer: update gave no state; return { parameters, state }, with {} where there is none',
  );
  await expect(run({ optimizer: { ...descent, learningRate: undefined as never } })).rejects.toThrow(
    "optimizer: learningRate of an optimizer of one's own must be a number of at least 0, got undefined",
  );
});

test('any metric of validation as monitor, by name or as a function', async () => {
  const { result } = await run({ monitor: 'f1' });
  expect(result.history[0]!.valid!.monitored).toEqual({ name: 'f1', value: expect.any(Number) });
  const seen: number[] = [];
  // Less is better: the second epoch wins, and its weights are kept.
  const values = [3, 1, 2];
  const of: FitOptions['monitor'] = {
    name: 'mine',
    mode: 'min',
    of: ({ logits, labels, index }) => {
      seen.push(logits.length, labels.length, index.length);
      return values[seen.length / 3 - 1]!;
    },
  };
  const own = await run({ monitor: of });
  expect(seen).toEqual(Array(9).fill(10));
  expect(own.result.best).toMatchObject({ epoch: 2, scores: { monitored: { name: 'mine', value: 1 } } });
  expect(own.result.history.map(({ best }) => best)).toEqual([true, true, false]);
  expect(own.weights).not.toEqual((await run({ monitor: 'loss' })).weights);
  await expect(run({ monitor: { name: 'a', mode: 'max', of: (() => '1') as never } })).rejects.toThrow(
    "fit: monitor 'a' gave '1'; return a number, or null where it cannot be told",
  );
  // A score that is none loses against any other, and does not end the run.
  let epoch = 0;
  const sometimes = await run({
    monitor: { name: 'a', mode: 'max', of: () => (epoch++ === 1 ? 0.5 : Number.NaN) },
  });
  expect(sometimes.result.best).toMatchObject({ epoch: 2 });
  await expect(run({ monitor: { name: 'f1', mode: 'max' } as never })).rejects.toThrow(
    "for a metric by name, give monitor: 'f1'",
  );
});

test("a main loss of one's own takes the cross-entropy's place, which is recorded beside it", async () => {
  const same = await run({ loss: ({ logits, labels }) => binaryCrossEntropy(logits, labels) });
  expect(same.weights).toEqual((await run()).weights);
  const zero = await run({ loss: ({ logits }) => mul(mean(square(logits)), 3) as Scalar });
  for (const { loss, crossEntropy } of zero.steps) expect(loss).not.toBeCloseTo(crossEntropy, 3);
  const labelSmoothing = 0.1;
  await expect(run({ loss: () => scalar(1), labelSmoothing })).rejects.toThrow(
    'labelSmoothing is of the cross-entropy',
  );
  await expect(run({ loss: () => scalar(1), classWeight: 2 })).rejects.toThrow(
    'classWeight is of the cross-entropy',
  );
  await expect(run({ loss: (() => zerosLike([1, 2])) as never })).rejects.toThrow(
    'fit: loss must be a scalar tensor, got a tensor [2]; take its mean or sum',
  );
});

test('onEpoch that returns false ends the run with its best weights, for good', async () => {
  const store = memoryStore();
  const epochs: number[] = [];
  const onEpoch = async ({ epoch }: EpochRecord): Promise<boolean> => {
    epochs.push(epoch);
    return epoch < 2;
  };
  // The first epoch is the best one.
  const monitor = { name: 'falling', mode: 'max', of: () => -epochs.length } as const;
  const stopped = await run({ store, monitor, epochs: 5, onEpoch });
  expect(stopped.result).toMatchObject({ stopped: 'onEpoch', epochs: 2, best: { epoch: 1 } });
  expect(stopped.result.validation!.none.logits.length).toBe(10);
  const best = (await run({ monitor: { ...monitor, of: () => 0 }, epochs: 5, onEpoch: () => false })).weights;
  expect(stopped.weights).toEqual(best);
  const again = await run({ store, monitor, epochs: 5, resume: true, onEpoch: () => expect.unreachable() });
  expect(again.result).toMatchObject({ stopped: 'onEpoch', epochs: 2 });
  // Whatever else it returns goes on.
  expect((await run({ onEpoch: () => 0 })).result.stopped).toBe('finished');
});

test('cross-entropy and extra terms stand apart in step and epoch records', async () => {
  const term: LossTerm = ({ step, logits }) => ({
    name: 'constraint',
    value: mul(mean(square(logits)), step / 10) as Scalar,
    metrics: { lambda: scalar(step / 10) },
  });
  const { steps, result } = await run({ lossTerms: [term], epochs: 1 });
  for (const { loss, crossEntropy, terms } of steps)
    expect(crossEntropy + terms!.constraint!).toBeCloseTo(loss, 5);
  const average = (of: (record: StepRecord) => number): number =>
    steps.reduce((sum, record) => sum + of(record), 0) / steps.length;
  const { trainLoss, crossEntropy, terms } = result.history[0]!;
  expect(trainLoss).toBeCloseTo(
    average(({ loss }) => loss),
    10,
  );
  expect(crossEntropy).toBeCloseTo(
    average((record) => record.crossEntropy),
    10,
  );
  expect(terms!.constraint).toBeCloseTo(
    average((record) => record.terms!.constraint!),
    10,
  );
  expect(terms!['constraint.lambda']).toBeCloseTo(0.15, 6);
  const plain = await run({ epochs: 1 });
  for (const { loss, crossEntropy: own } of plain.steps) expect(own).toBe(loss);
  expect(plain.result.history[0]).not.toHaveProperty('terms');
});

test("checkpoints of a registered model of one's own give models again", async () => {
  const forget = registerFamily({
    name: 'tiny',
    create: ({ seed }: { name: string; seed?: number }) => tinyModel(seed),
  });
  try {
    const store = memoryStore();
    const { weights } = await run({ store });
    for (const name of ['best', 'last']) {
      const bytes = (await store.read(`checkpoints/${name}.safetensors`))!;
      const model = modelFromCheckpoint(bytes);
      if (name === 'best') expect(await bits(model)).toEqual(weights);
      model.dispose();
    }
  } finally {
    forget();
  }
});

test('logits that diverge in validation are diagnosed as training is', async () => {
  // The one step of the epoch is still finite; the weights it leaves are not.
  const options = {
    data: tinyLoader(tinyData(8), 8),
    optimizer: { name: 'sgd', learningRate: 1e38, momentum: 0 },
    schedule: 'constant',
    clipNorm: null,
  } as const;
  const before = memory().numTensors;
  const error = await run(options).then(
    () => expect.unreachable(),
    (caught: unknown) => caught as TrainingDivergedError,
  );
  expect(error).toBeInstanceOf(TrainingDivergedError);
  expect(error.diagnosis).toMatchObject({ during: 'validation', step: 1, epoch: 1, learningRate: 1e38 });
  expect(error.diagnosis.index.length).toBeGreaterThan(0);
  expect(error.message).toMatch(
    /^training diverged in validation after step 1 \(epoch 1\): first non-finite is the (parameter|activation|logit) '.*lower the learning rate/,
  );
  expect(memory().numTensors).toBe(before);
});

test('a number that a term tells of some batches alone does not mix up what the step came to', async () => {
  const term = (tells: boolean): LossTerm => {
    let calls = 0;
    return ({ logits }) => {
      const metrics: Record<string, Scalar> = tells && calls++ % 2 === 0 ? { first: scalar(3) } : {};
      return { name: 'size', value: mul(mean(square(logits)), 0.01) as Scalar, metrics };
    };
  };
  const of = async (tells: boolean) =>
    (await run({ epochs: 1, accumulate: 2, lossTerms: [term(tells)] })).steps[0]!;
  const [some, none] = [await of(true), await of(false)];
  expect(some.loss).toBe(none.loss);
  expect(some.terms).toEqual({ ...none.terms, 'size.first': 1.5 });
});

test("by monitor 'last' the last epoch's weights are kept, and nothing can wait for better ones", async () => {
  const { result, weights } = await run({ monitor: 'last' });
  expect(result.best).toMatchObject({ epoch: 3, scores: { auroc: expect.any(Number) } });
  expect(result.history.map(({ best }) => best)).toEqual([true, true, true]);
  expect((await run({ valid: undefined as never })).weights).toEqual(weights);
  await expect(run({ monitor: 'last', patience: 2 })).rejects.toThrow(
    "fit: patience waits for a better score, and by monitor 'last' every epoch is better",
  );
  await expect(run({ monitor: 'last', schedule: 'plateau' })).rejects.toThrow('fit: schedule plateau waits');
});

test('what was best before a term set in is forgotten, also by a run that is resumed', async () => {
  // Scores fall from epoch to epoch; the term sets in with the third of four, each of two steps.
  const monitored = () => {
    let score = 9;
    return { name: 'falling', mode: 'max', of: () => score-- } as const;
  };
  const places: string[] = [];
  const term: LossTerm = Object.assign(
    ({ step, steps }: LossContext) => {
      places.push(`${step}/${steps}`);
      return { name: 'late', value: scalar(0) };
    },
    { isOff: ({ step, steps }: { step: number; steps: number }) => step <= steps / 2 },
  );
  const settings = { epochs: 4, lossTerms: [term] };
  const { result } = await run({ ...settings, monitor: monitored() });
  expect(places).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((step) => `${step}/8`));
  expect(result.history.map(({ best }) => best)).toEqual([true, false, true, false]);
  expect(result.best).toMatchObject({ epoch: 3 });

  const store = memoryStore();
  const begun = { ...settings, store, monitor: monitored() };
  const stop = new AbortController();
  const onEpoch = ({ epoch }: EpochRecord): void => void (epoch === 2 && stop.abort());
  const half = await run({ ...begun, onEpoch, signal: stop.signal });
  expect(half.result.best).toMatchObject({ epoch: 1 });
  const whole = await run({ ...begun, resume: true });
  expect(whole.result.best).toMatchObject({ epoch: 3 });
});
