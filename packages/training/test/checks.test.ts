/* What does not fit is refused in one line before it trains, with what to do. */
import { useEngine } from '@pcam/engine';
import type { Model } from '@pcam/models';
import { type Batch, createLoader, createSyntheticDataset, subset } from '@pcam/pcam-data';
import {
  cast,
  concat,
  expandDims,
  fill,
  mean,
  mul,
  type Scalar,
  scalar,
  sub,
  type Tensor,
  tidy,
  train,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  adamW,
  binaryCrossEntropy,
  type FitOptions,
  fit,
  fitSegmentation,
  type LossTerm,
  predict,
} from '../src/index.js';
import { tinyData, tinyLoader, tinyModel } from './support/tiny.js';

const dataset = tinyData(8);

// Before the tables below, which hold tensors.
await useEngine('cpu');

async function messageOf(work: () => Promise<unknown>): Promise<string> {
  const error = await work().then(
    () => new Error('nothing was refused'),
    (caught: unknown) => caught as Error,
  );
  expect(error.message).not.toContain('\n');
  return error.message;
}

/** What `fit` says of options that are wrong on purpose. */
function refusal(options: object): Promise<string> {
  const all = { model: tinyModel(), data: tinyLoader(dataset), epochs: 1, ...options };
  return messageOf(() => fit(all as FitOptions));
}

function withLogits(change: (logits: Tensor) => unknown): Model {
  const inner = tinyModel();
  const forward = (...args: Parameters<Model['forward']>) =>
    tidy(() => change(inner.forward(...args)) as never);
  return { ...inner, forward };
}

/** The loader's batches, changed. */
function withBatches(change: (batch: Batch) => object): FitOptions['data'] {
  const loader = tinyLoader(dataset);
  return {
    ...loader,
    async *epoch(epoch, from) {
      for await (const batch of loader.epoch(epoch, from)) yield { ...batch, ...change(batch) } as Batch;
    },
  };
}

describe("a model of one's own that gives anything but logits [B] is refused", () => {
  const cases: [string, (logits: Tensor) => unknown, string][] = [
    [
      '[B, 1]',
      (z) => expandDims(z, 1),
      'gave a tensor [4, 1] for 4 patches; expected logits [4], one a patch: end its forward with reshape(logits, [-1])',
    ],
    [
      '[B, 2]',
      (z) => concat([expandDims(z, 1), expandDims(z, 1)], 1),
      'gave a tensor [4, 2] for 4 patches; expected logits [4], one a patch: take column 1 less column 0',
    ],
    [
      'a scalar',
      (z) => mean(z),
      'gave a tensor [] for 4 patches; expected logits [4], one a patch: leave the mean',
    ],
    ['integers', (z) => cast(z, 'int32'), 'gave int32 logits; expected float32'],
    ['a promise', () => Promise.resolve(1), 'expected logits [4]'],
  ];
  test.each(cases)('%s, by fit and predict', async (_, change, message) => {
    if (message !== 'expected logits [4]') {
      expect(await refusal({ model: withLogits(change) })).toContain(`fit: model 'tiny' ${message}`);
      const predicted = messageOf(() => predict(withLogits(change), createLoader(dataset, { batchSize: 4 })));
      expect(await predicted).toContain(`predict: model 'tiny' ${message}`);
    } else {
      // Not through tidy, which knows promises itself.
      const model = { ...tinyModel(), forward: () => Promise.resolve(1) as never };
      expect(await refusal({ model })).toContain(message);
    }
  });

  test('and logits that no variable takes part in', async () => {
    expect(await refusal({ model: withLogits((z) => fill(z.shape, 1)) })).toBe(
      "fit: the loss does not depend on any trainable variable of model 'tiny'; compute with them in its forward, by tfjs operations that have a gradient",
    );
  });

  test('and so are pixel logits of another shape', async () => {
    const patches = createSyntheticDataset({ seed: 1, n: 4, size: 64 });
    const loader = createLoader(patches, { batchSize: 4 });
    const model = { ...tinyModel(), forward: () => fill([4], 1) as never };
    expect(await messageOf(() => fitSegmentation({ model, data: loader, epochs: 1 }))).toContain(
      "fitSegmentation: model 'tiny' gave a tensor [4] for images [4, 64, 64, 3]; expected logits [4, 64, 64], one a pixel",
    );
  });

  test('binaryCrossEntropy does not broadcast', () => {
    const [logits, labels] = [fill([4, 1], 0), fill([4], 1)] as never[];
    expect(() => binaryCrossEntropy(logits!, labels!)).toThrow(
      'logits [4,1] and labels [4] must have one shape',
    );
  });
});

describe('what is no model or loader is named', () => {
  const cases: [string, object, string][] = [
    [
      'a data set as data',
      { data: dataset },
      'fit: data is a data set; give a loader of it: createLoader(dataset, { batchSize: 32, shuffle: true })',
    ],
    [
      'a data set as valid',
      { valid: dataset },
      'fit: valid is a data set; give a loader of it: createLoader(dataset, { batchSize: 32 })',
    ],
    ['a promise as data', { data: Promise.resolve(1) }, 'fit: data is a promise; await it'],
    [
      'no data',
      { data: undefined },
      'fit: data must be a loader, createLoader(dataset, { batchSize: 32, shuffle: true }), got undefined',
    ],
    ['a promise as model', { model: Promise.resolve(1) }, 'fit: model is a promise; await it'],
    ['a function as model', { model: () => 1 }, 'fit: model is a function; give a model: { config, layers,'],
    [
      'a LayersModel',
      { model: { apply: () => 1, trainableWeights: [], predict: () => 1 } },
      'fit: model is a LayersModel; wrap it into { config',
    ],
    [
      'an object as variables',
      { model: { ...tinyModel(), variables: {} } },
      "fit: the model's variables must be a Map of tfjs variables by name, got an object with no keys",
    ],
    [
      'nothing to train',
      { model: { ...tinyModel(), variables: new Map() } },
      "fit: none of the model's 0 variables is trainable",
    ],
    [
      'labels of 7',
      {
        data: {
          ...tinyLoader(dataset),
          dataset: { ...dataset, labels: Uint8Array.of(0, 1, 7, 0, 1, 0, 1, 0) },
        },
      },
      'fit: tiny-8-1: labels[2] is 7; expected 0 or 1',
    ],
    [
      'too few labels',
      { data: { ...tinyLoader(dataset), dataset: { ...dataset, labels: Uint8Array.of(1) } } },
      'fit: tiny-8-1: labels has 1 values where 8 are needed',
    ],
    [
      'an AbortController',
      { signal: new AbortController() },
      'of an AbortController, give controller.signal',
    ],
    [
      'a path as store',
      { store: 'runs/x' },
      "fit: store has no function 'write'; give memoryStore() or run.store, got 'runs/x'",
    ],
  ];
  test.each(cases)('%s', async (_, options, message) => {
    expect(await refusal(options)).toContain(message);
  });

  test('settings count that an object inherits, as its model does', async () => {
    const inherited = Object.assign(Object.create({ epochs: 1, emaDecay: 7 }), {
      model: tinyModel(),
      data: tinyLoader(dataset),
    });
    expect(await messageOf(() => fit(inherited))).toContain('fit: emaDecay must be between 0 and 1');
  });

  test('predict likewise', async () => {
    expect(await messageOf(() => predict(tinyModel(), dataset as never))).toContain('createLoader(dataset');
  });
});

describe('the first batch', () => {
  const cases: [string, (batch: Batch) => object, string][] = [
    ['labels of 7', () => ({ labels: fill([4], 7) }), 'fit: labels of the first batch are not 0 or 1 each'],
    [
      'labels [B, 1]',
      () => ({ labels: fill([4, 1], 1) }),
      'fit: labels of a batch must be a tensor [4], 0 or 1, got a tensor [4, 1]',
    ],
    [
      'images in 0 to 255',
      ({ images }) => ({ images: mul(images, 255) }),
      'RGB in [0, 1] is expected (divide bytes by 255)',
    ],
    [
      'standardised images',
      ({ images }) => ({ images: sub(images, 0.7) }),
      'RGB in [0, 1] is expected (the model standardises them itself)',
    ],
    [
      'black images',
      ({ images }) => ({ images: mul(images, 1 / 255) }),
      'fit: images of the first batch are all black',
    ],
    [
      'int32 images',
      () => ({ images: fill([4, 32, 32, 3], 1, 'int32') }),
      'got int32 a tensor [4, 32, 32, 3]',
    ],
    [
      'one image less',
      () => ({ images: fill([3, 32, 32, 3], 1) }),
      'fit: labels of a batch must be a tensor [3]',
    ],
    [
      'a short index',
      () => ({ index: Int32Array.of(1) }),
      'fit: index of a batch must be 4 places in the data set',
    ],
  ];
  test.each(cases)('%s', async (_, change, message) => {
    expect(await refusal({ data: withBatches(change) })).toContain(message);
  });

  test('a black patch may be predicted', async () => {
    const data = withBatches(({ images }) => ({ images: mul(images, 0) }));
    expect((await predict(tinyModel(), data)).logits.length).toBe(8);
  });
});

describe('a loss term that is no weighted scalar tensor is refused', () => {
  const named =
    (value: unknown, name = 'mine'): LossTerm =>
    () => ({ name, value: value as Scalar });
  const cases: [string, unknown, string][] = [
    [
      'a number',
      [named(3)],
      "fit: the value of loss term 'mine', already weighted, must be a scalar tensor, got 3; make it of tfjs operations",
    ],
    ['a promise', [async () => ({ name: 'a', value: scalar(1) })], 'got a promise'],
    ['a promised value', [named(Promise.resolve(1))], 'got a promise; a loss is computed in one go'],
    ['a vector', [() => ({ name: 'mine', value: fill([4], 1) })], 'got a tensor [4]; take its mean or sum'],
    [
      'undefined',
      [() => undefined],
      'fit: a loss term must return { name, value }, with its weighted value as a scalar tensor, got undefined',
    ],
    [
      'two of one name',
      [() => ({ name: 'a', value: scalar(0) }), () => ({ name: 'a', value: scalar(0) })],
      "fit: two losses are called 'a'; give each term a name of its own",
    ],
    [
      'a weight beside it, which nobody reads',
      [() => ({ name: 'a', value: scalar(0), weight: 0.1 })],
      "fit: loss term 'a': unknown option 'weight'; multiply value by it",
    ],
    ['one called loss', [() => ({ name: 'loss', value: scalar(0) })], "two losses are called 'loss'"],
    [
      'a metric that is a number',
      [() => ({ name: 'a', value: scalar(0), metrics: { b: 1 } })],
      "fit: the metric 'b' of loss term 'a' must be a scalar tensor, got 1",
    ],
    [
      'not in an array',
      () => scalar(0),
      'fit: lossTerms must be an array of loss terms, got a function; put it in [ ]',
    ],
    ['its result', [scalar(0)], "fit: a loss term must be a function of the step's context, got a tensor []"],
  ];
  test.each(cases)('%s', async (_, lossTerms, message) => {
    expect(await refusal({ lossTerms })).toContain(message);
  });
});

describe('unknown keys are refused, with a suggestion', () => {
  const cases: [string, object, string][] = [
    [
      'learningRate',
      { learningRate: 0.1 },
      "fit: unknown option 'learningRate'; give optimizer: { name: 'adamw', learningRate }",
    ],
    ['lr', { lr: 0.1 }, "fit: unknown option 'lr'; give optimizer: { name: 'adamw', learningRate }"],
    [
      'validation',
      { validation: 1 },
      "fit: unknown option 'validation'; give valid: a loader of the validation split",
    ],
    ['epoch', { epoch: 1 }, "fit: unknown option 'epoch'; did you mean 'epochs'?"],
    ['onstep', { onstep: () => {} }, "did you mean 'onStep'?"],
    [
      'in the optimizer',
      { optimizer: { name: 'adamw', lr: 1 } },
      "optimizer adamw: unknown option 'lr'; did you mean 'learningRate'?",
    ],
    [
      'in checkpointEvery',
      { checkpointEvery: { step: 1 } },
      "fit: checkpointEvery: unknown option 'step'; did you mean 'steps'?",
    ],
    [
      'a monitor',
      { monitor: 'aurok' },
      "fit: monitor must be one of auroc, loss, accuracy, averagePrecision, balancedAccuracy, f1, brier, last, got 'aurok'; did you mean 'auroc'?",
    ],
    [
      'a class weight',
      { classWeight: 'balance' },
      "fit: classWeight must be 'balanced' or a positive number, got 'balance'",
    ],
    [
      'no patience',
      { patience: 0 },
      'fit: patience must be a whole number of at least 1, got 0; null never stops',
    ],
  ];
  test.each(cases)('%s', async (_, options, message) => {
    expect(await refusal(options)).toContain(message);
  });

  test('by predict, fitSegmentation and the optimizers too', async () => {
    const loader = createLoader(dataset, { batchSize: 4 });
    expect(await messageOf(() => predict(tinyModel(), loader, { tt: 'none' } as never))).toContain(
      "predict: unknown option 'tt'; did you mean 'tta'?",
    );
    expect(await messageOf(() => predict(tinyModel(), loader, { tta: 'dihedrl' } as never))).toContain(
      "predict: tta must be one of none, dihedral, got 'dihedrl'; did you mean 'dihedral'?",
    );
    expect(await messageOf(() => fitSegmentation({ emaDecay: 0.9 } as never))).toContain(
      "fitSegmentation: unknown option 'emaDecay'",
    );
    expect(() => adamW({ beta: 0.9 } as never)).toThrow(
      "adamW: unknown option 'beta'; did you mean 'beta1'?",
    );
  });
});

describe('one class alone is refused, where it was learnt from or kept the first epoch as the best', () => {
  const alike = createLoader(subset(dataset, positions(1)), { batchSize: 4 });
  test('to learn from, but by a loss of one’s own', async () => {
    expect(await refusal({ data: alike })).toContain(
      'has 0 negatives and 4 positives; there is nothing to tell apart: give patches of both classes',
    );
    const loss: FitOptions['loss'] = ({ logits }) => mean(logits);
    const { stopped } = await fit({ model: tinyModel(), data: alike, epochs: 1, loss });
    expect(stopped).toBe('finished');
  });

  test('to validate on, by a score that needs both', async () => {
    expect(await refusal({ valid: alike })).toContain("monitor 'auroc' needs both: give monitor 'loss'");
    const options = { data: tinyLoader(dataset), valid: alike, epochs: 1, monitor: 'loss' } as const;
    expect((await fit({ model: tinyModel(), ...options })).best?.scores.auroc).toBeNull();
  });

  function positions(label: number): number[] {
    return [...dataset.labels.keys()].filter((i) => dataset.labels[i] === label);
  }
});

describe('words', () => {
  const cases: [string, object, string][] = [
    [
      "optimizer: 'adam'",
      { optimizer: 'adam' },
      "optimizer: name must be one of adamw, sgd, got 'adam'; did you mean 'adamw'?",
    ],
    [
      "an optimizer of tfjs's",
      { optimizer: train.sgd(0.1) },
      "optimizer: one of tfjs's own is not taken, for its state is in no checkpoint; give { name: 'adamw' or 'sgd', learningRate }",
    ],
    ['optimizer: 3', { optimizer: 3 }, 'optimizer: must be a name, settings such as'],
    ["schedule: 'cosin'", { schedule: 'cosin' }, "did you mean 'cosine'?"],
    [
      'schedule: a bad function',
      { schedule: () => Number.NaN },
      'schedule: the function gave NaN at step 0 of 2',
    ],
    [
      "loss: 'bce'",
      { loss: 'bce' },
      "fit: loss must be a function ({ logits, labels }) => scalar tensor, or left out for the cross-entropy, got 'bce'",
    ],
    [
      'plateau without valid',
      { schedule: 'plateau' },
      'fit: schedule plateau needs a validation split (valid)',
    ],
  ];
  test.each(cases)('%s', async (_, options, message) => {
    expect(await refusal(options)).toContain(message);
  });
});
