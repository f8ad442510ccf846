import { useEngine } from '@pcam/engine';
import { createModel, decodeSafetensors, encodeSafetensors } from '@pcam/models';
import { createLoader, withMasks } from '@pcam/pcam-data';
import { unavailable } from '@pcam/tfjs-backend-native';
import { attributionConstraint } from '@pcam/xai';
import { mean, mul, type Scalar, square } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  adamW,
  binaryCrossEntropy,
  type CheckpointStore,
  type FitOptions,
  type FitResult,
  fit,
  type LogRecord,
  type LossTerm,
  type MemoryLog,
  memoryLog,
  memoryStore,
  modelFromCheckpoint,
} from '../src/index.js';
import { bits, tinyData, tinyLoader, tinyModel } from './support/tiny.js';

beforeAll(async () => void (await useEngine('cpu')));

type Settings = Partial<FitOptions>;

interface Outcome {
  result: FitResult;
  weights: Record<string, number[]>;
  records: Partial<LogRecord>[];
}

/** Without what a clock says. */
function timeless(records: readonly LogRecord[]): Partial<LogRecord>[] {
  return records.map((record) => {
    if (record.kind === 'epoch') return record;
    const { imagesPerSecond: _speed, waitMs: _wait, ...rest } = record;
    return rest;
  });
}

async function train(settings: Settings, store: CheckpointStore, log: MemoryLog): Promise<Outcome> {
  const model = tinyModel();
  try {
    const data = tinyLoader(tinyData(14));
    const valid = createLoader(tinyData(10, 2), { batchSize: 4 });
    const result = await fit({ model, data, valid, epochs: 3, store, log, resume: true, ...settings });
    return { result, weights: await bits(model), records: timeless(log.records) };
  } finally {
    model.dispose();
  }
}

/** Ends the run after each of the given steps, as a crash would, and starts it again. */
async function withCrashes(settings: Settings, crashes: readonly number[]): Promise<Outcome> {
  const store = memoryStore();
  const log = memoryLog();
  for (const at of crashes) {
    const crash = train(
      {
        ...settings,
        onStep: ({ step }) => {
          if (step === at) throw new Error('crash');
        },
      },
      store,
      log,
    );
    await crash.catch((error: Error) => expect(error.message).toBe('crash'));
  }
  return train(settings, store, log);
}

const kinds: Record<string, Settings> = {
  'AdamW, EMA, every step saved': { emaDecay: 0.9, checkpointEvery: { steps: 1 }, tta: true, epochs: 2 },
  'Nesterov SGD, saved every other step': {
    optimizer: { name: 'sgd', learningRate: 0.05, nesterov: true },
    schedule: { name: 'one-cycle' },
    checkpointEvery: { steps: 2 },
  },
  'accumulated gradients, saved each epoch': { accumulate: 3, labelSmoothing: 0.1, classWeight: 'balanced' },
  'plateau, own functions': {
    schedule: { name: 'plateau', patience: 0, factor: 0.5, cooldown: 1 },
    optimizer: { learningRate: 0.01, ...adamW() },
    monitor: { name: 'nothing', mode: 'max', of: () => 1 },
    loss: ({ logits, labels }) => binaryCrossEntropy(logits, labels, { labelSmoothing: 0.1 }),
    lossTerms: [({ logits }) => ({ name: 'size', value: mul(mean(square(logits)), 0.01) as Scalar })],
    accumulate: 2,
    checkpointEvery: { steps: 1 },
  },
  'early stopping': { patience: 1, monitor: 'accuracy', epochs: 6, checkpointEvery: { steps: 3 } },
};

describe.each(Object.entries(kinds))('%s', (_, settings) => {
  test('stopped at any steps and resumed, a run ends as if uninterrupted', async () => {
    const whole = await train(settings, memoryStore(), memoryLog());
    const steps = whole.result.step;
    for (let at = 1; at <= steps; at++) {
      expect(await withCrashes(settings, [at]), `crash after step ${at}`).toEqual(whole);
    }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: steps }), { maxLength: 5 }), async (crashes) => {
        expect(await withCrashes(settings, crashes)).toEqual(whole);
      }),
      { numRuns: 4, seed: 1 },
    );
  });

  test('aborted after any step, likewise', async () => {
    const whole = await train(settings, memoryStore(), memoryLog());
    for (let at = 1; at < whole.result.step; at += 2) {
      const store = memoryStore();
      const log = memoryLog();
      const controller = new AbortController();
      const onStep: FitOptions['onStep'] = ({ step }) => {
        if (step === at) controller.abort();
      };
      const { result } = await train({ ...settings, signal: controller.signal, onStep }, store, log);
      expect(result).toMatchObject({ stopped: 'aborted', step: at });
      expect(await train(settings, store, log)).toEqual(whole);
    }
  });
});

test('a run aborted during validation validates again', async () => {
  const settings: Settings = { epochs: 2, emaDecay: 0.9 };
  const whole = await train(settings, memoryStore(), memoryLog());
  const store = memoryStore();
  const log = memoryLog();
  const controller = new AbortController();
  const valid = createLoader(tinyData(10, 2), { batchSize: 4 });
  const epoch: typeof valid.epoch = async function* (e, from) {
    for await (const batch of valid.epoch(e, from)) {
      yield batch;
      controller.abort();
    }
  };
  const cut = await train({ ...settings, valid: { ...valid, epoch }, signal: controller.signal }, store, log);
  expect(cut.result).toMatchObject({ stopped: 'aborted', step: 4, epochs: 0 });
  expect(await train(settings, store, log)).toEqual(whole);
});

test('killed while any of its files is written and resumed, a run ends with the same files', async () => {
  const settings: Settings = {
    epochs: 4,
    patience: 2,
    schedule: { name: 'plateau', patience: 0, factor: 0.5 },
    monitor: { name: 'nothing', mode: 'max', of: () => 1 },
  };
  const files = async (store: CheckpointStore): Promise<unknown[]> => {
    const names = ['curves.json', 'validation.json', 'checkpoints/best.safetensors'];
    return Promise.all(names.map((name) => store.read(name)));
  };
  const written: string[] = [];
  /** As `store`, but that it fails before the given write, from 0. */
  const failing = (store: CheckpointStore, at: number): CheckpointStore => ({
    read: store.read,
    write: async (name, bytes) => {
      if (at === 0) throw new Error('crash');
      at--;
      if (at < 0) written.push(name);
      return store.write(name, bytes);
    },
  });
  const store = memoryStore();
  const whole = await train(settings, failing(store, -1), memoryLog());
  expect(whole.result).toMatchObject({ stopped: 'patience', epochs: 3, best: { epoch: 1 } });
  for (const [at, name] of written.entries()) {
    const [again, log] = [memoryStore(), memoryLog()];
    await expect(train(settings, failing(again, at), log)).rejects.toThrow('crash');
    expect(await train(settings, again, log), `crash before ${name}, write ${at}`).toEqual(whole);
    expect(await files(again), `crash before ${name}, write ${at}`).toEqual(await files(store));
  }
});

test('a finished run that is resumed does no step and ends the same', async () => {
  const store = memoryStore();
  const log = memoryLog();
  const first = await train({}, store, log);
  const again = await train({ onStep: () => expect.unreachable() }, store, log);
  expect(again).toEqual(first);
});

test('a run in the store is not begun anew over itself without a word', async () => {
  const store = memoryStore();
  await train({}, store, memoryLog());
  const last = await store.read('checkpoints/last.safetensors');
  await expect(train({ resume: false }, store, memoryLog())).rejects.toThrow(
    'the store holds a run already (checkpoints/last.safetensors); give resume: true to go on with it, or another store',
  );
  expect(await store.read('checkpoints/last.safetensors')).toEqual(last);
});

test('records of another run are not written over without a word', async () => {
  const log = memoryLog();
  await train({}, memoryStore(), log);
  const before = [...log.records];
  const again = train({ resume: false }, memoryStore(), log);
  await expect(again).rejects.toThrow('the log holds records already; give resume: true');
  expect(log.records).toEqual(before);
});

test('a run goes on with the loss terms that it began with', async () => {
  const constraint = (lambda: number): LossTerm =>
    attributionConstraint({ attribution: 'gradCam', centre: 32, weight: lambda });
  const own: LossTerm = ({ logits }) => ({ name: 'small', value: mean(square(logits)) });
  const store = memoryStore();
  await train({ lossTerms: [constraint(1), own] }, store, memoryLog());
  for (const [lossTerms, message] of [
    [[constraint(0.1), own], 'other loss terms (lossTerms.0.weight is 1 there, 0.1 here)'],
    [[own, constraint(1)], 'other loss terms ('],
    [[constraint(1)], 'other loss terms (lossTerms.1 is "a function" there, missing here)'],
    [[], 'other loss terms ('],
  ] satisfies [LossTerm[], string][]) {
    await expect(train({ lossTerms }, store, memoryLog())).rejects.toThrow(message);
  }
  const { result } = await train({ lossTerms: [constraint(1), own] }, store, memoryLog());
  expect(result.stopped).toBe('finished');
});

test('a run that is older than an option of its model goes on as what it was', async () => {
  const small = { name: 'cnn', stemWidth: 2, widths: [2], depths: [1], strides: [2], dropout: 0 } as const;
  const start = async (downsampling: 'strided' | 'symmetric', epochs: number, store: CheckpointStore) => {
    const model = createModel({ ...small, downsampling });
    await fit({ model, data: tinyLoader(tinyData(14)), epochs, store, resume: true });
    return bits(model);
  };
  const [store, old] = [memoryStore(), memoryStore()];
  await start('strided', 2, store);
  const path = 'checkpoints/last.safetensors';
  const { tensors, metadata } = decodeSafetensors((await store.read(path))!);
  const saved = JSON.parse(metadata['pcam.training']!) as { model: Record<string, unknown> };
  delete saved.model.downsampling;
  await old.write(path, encodeSafetensors(tensors, { 'pcam.training': JSON.stringify(saved) }));
  const model = modelFromCheckpoint((await old.read(path))!);
  expect(model.config).toMatchObject({ downsampling: 'strided' });
  model.dispose();
  await expect(start('symmetric', 3, old)).rejects.toThrow(
    'is of another model (downsampling is "strided" there, "symmetric" here)',
  );
  expect(await start('strided', 3, old)).toEqual(await start('strided', 3, store));
});

describe('a checkpoint is refused in one line where it', () => {
  const store = memoryStore();
  beforeAll(async () => void (await train({}, store, memoryLog())));
  const maskedWith = (value: 0 | 1) => withMasks(tinyData(14), new Uint8Array(14 * 32 * 32).fill(value));
  const masked = memoryStore();
  beforeAll(async () => void (await train({ data: tinyLoader(maskedWith(1)) }, masked, memoryLog())));
  const resume = (options: Partial<FitOptions>): Promise<FitResult> =>
    fit({
      ...{ model: tinyModel(), data: tinyLoader(tinyData(14)), epochs: 3, resume: true, ...options },
      store: options.data?.dataset.hasMasks ? masked : store,
    });

  const cases: [string, () => Partial<FitOptions>, string][] = [
    [
      'is of another model',
      () => ({ model: tinyModel(2) }),
      'is of another model (seed is 1 there, 2 here); resume',
    ],
    [
      'is of another family',
      () => ({ model: createModel({ name: 'cnn' }) }),
      'is of another model (name is "tiny" there, "cnn" here); resume',
    ],
    ['is of other settings', () => ({ tta: true }), 'is of other settings (tta is false there, true here)'],
    [
      'is of another setting within one',
      () => ({ optimizer: { name: 'adamw', learningRate: 0.5 } }),
      'is of other settings (optimizer.learningRate is 0.001 there, 0.5 here)',
    ],
    [
      'has more epochs than are wanted',
      () => ({ epochs: 2 }),
      'epochs is 2, but checkpoints/last.safetensors is in epoch 3 already; give 3 or more',
    ],
    [
      'is of more data',
      () => ({ data: tinyLoader(tinyData(15)) }),
      'other training data (length is 14 there, 15 here); resume with what it was started with',
    ],
    [
      'is of other labels',
      () => {
        const data = tinyData(14);
        return { data: tinyLoader({ ...data, labels: data.labels.map((label) => 1 - label) }) };
      },
      'other training data (its labels differ)',
    ],
    [
      'is of other pixels',
      () => {
        const data = tinyData(14);
        const read = tinyData(14, 3).read;
        return { data: tinyLoader({ ...data, read }) };
      },
      'other training data (its patches differ)',
    ],
    [
      "has a function in a setting's place",
      () => ({ schedule: () => 1 }),
      'schedule is {"floor":0,"name":"cosine","warmup":0.05} there, "a function" here',
    ],
    ['is of other batches', () => ({ data: tinyLoader(tinyData(14), 7) }), 'batchSize is 4 there, 7 here'],
    [
      'is of other validation data, whose scores cannot be compared',
      () => ({ valid: createLoader(tinyData(10, 7), { batchSize: 4 }) }),
      'other validation data (its labels differ',
    ],
    ['had validation data', () => ({}), 'is of a run with a validation split; resume with it (valid)'],
    [
      'is of other masks',
      () => ({ data: tinyLoader({ ...maskedWith(0), name: 'masked' }) }),
      'other training data (its masks differ)',
    ],
  ];
  test.each(cases)('%s', async (_, options, message) => {
    const error = await resume(options()).catch((caught: Error) => caught);
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('\n');
  });

  test('is cut off or is none', async () => {
    const name = 'checkpoints/last.safetensors';
    const bytes = (await store.read(name))!;
    await store.write(name, bytes.subarray(0, bytes.length - 5));
    await expect(resume({})).rejects.toThrow('last.safetensors cannot be resumed from');
    await store.write(name, (await store.read('checkpoints/best.safetensors'))!);
    await expect(resume({})).rejects.toThrow("its metadata lacks 'pcam.training'");
  });
});

test('data that moved are the same data: their name is not compared, nor in what batches they are validated', async () => {
  const store = memoryStore();
  await train({ epochs: 1 }, store, memoryLog());
  const data = tinyLoader({ ...tinyData(14), name: 'elsewhere/train' });
  const valid = createLoader({ ...tinyData(10, 2), name: 'elsewhere/valid' }, { batchSize: 5 });
  const { step } = (await train({ epochs: 1, data, valid }, store, memoryLog())).result;
  expect(step).toBe(4);
});

describe('a run that is lengthened', () => {
  const rates = async (epochs: number, store: CheckpointStore, log: MemoryLog, settings: Settings = {}) => {
    await train({ ...settings, epochs }, store, log);
    return log.records.flatMap((record) => (record.kind === 'step' ? [record.learningRate] : []));
  };

  test('goes on at the rate that the schedule has there over all epochs', async () => {
    const [store, log] = [memoryStore(), memoryLog()];
    await rates(2, store, log);
    const longer = await rates(4, store, log);
    const whole = await rates(4, memoryStore(), memoryLog());
    expect(longer).toHaveLength(16);
    expect(longer.slice(8)).toEqual(whole.slice(8));
    expect(longer.slice(0, 8)).not.toEqual(whole.slice(0, 8));
  });

  test('with a rate that never falls, it ends with the bits of one that was as long from the start', async () => {
    const settings: Settings = { schedule: { name: 'constant' }, emaDecay: 0.9 };
    const [store, log] = [memoryStore(), memoryLog()];
    await train({ ...settings, epochs: 1 }, store, log);
    const longer = await train({ ...settings, epochs: 3 }, store, log);
    expect(longer).toEqual(await train({ ...settings, epochs: 3 }, memoryStore(), memoryLog()));
  });
});

test('a checkpoint that knows nothing of labels and patches, or of a setting, is resumed from', async () => {
  const store = memoryStore();
  const whole = await train({}, store, memoryLog());
  const name = 'checkpoints/last.safetensors';
  const file = decodeSafetensors((await store.read(name))!);
  const saved = JSON.parse(file.metadata['pcam.training']!);
  delete saved.data.labels;
  delete saved.data.patches;
  delete saved.valid;
  delete saved.config.minDelta;
  await store.write(name, encodeSafetensors(file.tensors, { 'pcam.training': JSON.stringify(saved) }));
  const log = memoryLog();
  for (let i = 0; i < 15; i++) log.append({} as LogRecord);
  const again = await train({ onStep: () => expect.unreachable() }, store, log);
  expect(again.weights).toEqual(whole.weights);
});

test('a run goes on with functions of its own: of a function, a checkpoint knows only that there is one', async () => {
  const store = memoryStore();
  const settings: Settings = {
    schedule: () => 0.5,
    optimizer: { learningRate: 0.01, kind: 'mine', ...adamW() } as never,
  };
  const first = await train(settings, store, memoryLog());
  const again = await train({ ...settings, schedule: () => 0.25 }, store, memoryLog());
  expect(again.weights).toEqual(first.weights);
  const other = { learningRate: 0.01, kind: 'other', ...adamW() } as never;
  await expect(train({ ...settings, optimizer: other }, store, memoryLog())).rejects.toThrow(
    'optimizer.kind is',
  );
});

test('best and last checkpoints give models again', async () => {
  const store = memoryStore();
  const model = createModel({ name: 'cnn', stemWidth: 4, widths: [4, 8], depths: [1, 1], strides: [2, 2] });
  const valid = createLoader(tinyData(4, 2), { batchSize: 4 });
  await fit({ model, data: tinyLoader(tinyData(4)), valid, epochs: 1, store, emaDecay: 0.5 });
  for (const name of ['best', 'last']) {
    const again = modelFromCheckpoint((await store.read(`checkpoints/${name}.safetensors`))!);
    expect(await bits(again)).toEqual(await bits(model));
    expect(again.config).toEqual(model.config);
  }
});

test('on native a run that is stopped and resumed ends with the same bits', async ({ skip }) => {
  if (!process.env.PCAM_REQUIRE_NATIVE) skip(unavailable !== undefined, unavailable);
  await useEngine('native');
  try {
    const settings = kinds['AdamW, EMA, every step saved']!;
    const whole = await train(settings, memoryStore(), memoryLog());
    for (let at = 1; at <= whole.result.step; at++) expect(await withCrashes(settings, [at])).toEqual(whole);
  } finally {
    await useEngine('cpu');
  }
});
