import type { SegmentationModel } from '@pcam/models';
import { checkKeys, type KnownKeys } from '@pcam/options';
import { type Batch, disposeBatch, type Loader } from '@pcam/pcam-data';
import {
  type NamedTensorMap,
  reshape,
  type Scalar,
  stack,
  type Tensor1D,
  tidy,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { checkBatch, checkPixelLogits, checkValues } from './checks/batch.js';
import { checkLoader, checkModel } from './checks/inputs.js';
import { clipScale, squaredNorm } from './clip.js';
import { configHints, type FitConfig, resolveFitConfig } from './config.js';
import { binaryCrossEntropy } from './loss.js';
import { applyUpdate } from './optimizers/apply.js';
import { createOptimizer } from './optimizers/create.js';
import { initialPlateau, plateauAfter } from './plateau.js';
import { plateauOf, scheduleFactor } from './schedule.js';
import { stepSeed } from './state.js';
import { assignWeights, disposeAll, snapshot, trainable } from './weights.js';
import { yieldToEvents } from './yield.js';

/** The settings of {@link FitConfig} that mean something without labels, with the same defaults. */
export type SegmentationFitConfig = Pick<
  FitConfig,
  'epochs' | 'optimizer' | 'schedule' | 'clipNorm' | 'seed'
>;

/** What to train, on what, and how. */
export interface FitSegmentationOptions extends SegmentationFitConfig {
  readonly model: SegmentationModel;
  /** Of a data set with masks. */
  readonly data: Loader;
  /** Of a data set with masks; unshuffled and without augmentation. Without it, there is no best epoch. */
  readonly valid?: Loader;
  /** Called after each optimizer step; a promise is waited for. */
  readonly onStep?: (record: SegmentationStep) => void | Promise<void>;
  /** Called after each epoch and its validation; a promise is waited for. */
  readonly onEpoch?: (record: SegmentationEpoch) => void | Promise<void>;
}

/** One optimizer step. */
export interface SegmentationStep {
  /** From 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** Cross-entropy, averaged over the batch's pixels. */
  readonly loss: number;
  readonly imagesPerSecond: number;
}

/** One epoch's losses: cross-entropy, averaged over pixels. */
export interface SegmentationEpoch {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the epoch's steps. */
  readonly trainLoss: number;
  /** Mean over the validation split's pixels. */
  readonly validLoss?: number;
}

/** What a run came to. */
export interface SegmentationFitResult {
  /** The epoch of least validation loss; `null` without a validation split. */
  readonly best: SegmentationEpoch | null;
  readonly history: readonly SegmentationEpoch[];
}

/**
 * Trains `model` on masks by binary cross-entropy, every pixel alike: the fully supervised counterpart of what
 * `fit` learns from labels. Afterwards it holds the weights of the best epoch (the last ones without a validation
 * split). The same model, data, configuration and engine give the same weights, bit by bit. A short loop without
 * checkpoints: an interrupted run starts anew.
 *
 * @throws Error in one line where a value is out of range, a data set has no masks, or the loss is not finite.
 */
export async function fitSegmentation(options: FitSegmentationOptions): Promise<SegmentationFitResult> {
  checkKeys<FitSegmentationOptions>('fitSegmentation', options, KNOWN, configHints);
  const { model, data, valid } = options;
  checkModel('fitSegmentation', model, true);
  checkLoader('fitSegmentation', 'data', data);
  if (valid !== undefined) checkLoader('fitSegmentation', 'valid', valid);
  const { epochs, optimizer: rule, schedule, clipNorm, seed } = resolveFitConfig(configOf(options));
  for (const { dataset } of valid ? [data, valid] : [data]) {
    if (!dataset.hasMasks) throw new Error(`fitSegmentation: ${dataset.name} has no masks to learn from`);
  }
  const plateau = plateauOf(schedule);
  if (plateau && !valid)
    throw new Error('fitSegmentation: schedule plateau needs a validation split (valid)');
  let fallen = initialPlateau;
  const optimizer = createOptimizer(rule);
  const stepsPerEpoch = data.batchesPerEpoch;
  const totalSteps = epochs * data.batchesPerEpoch;
  const history: SegmentationEpoch[] = [];
  let best: { readonly record: SegmentationEpoch; readonly weights: NamedTensorMap } | undefined;
  let state = optimizer.init(trainable(model));
  let step = 0;
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      let epochLoss = 0;
      let start = performance.now();
      for await (const batch of data.epoch(epoch - 1, 0, epochs)) {
        checkBatch('fitSegmentation', batch, { masks: true });
        if (step === 0) await checkValues('fitSegmentation', batch, true);
        const { gradients, loss, gradNorm } = await batchGradients(model, batch, stepSeed(seed, step));
        disposeBatch(batch);
        if (!Number.isFinite(loss + gradNorm)) {
          disposeAll(gradients);
          throw new Error(
            `fitSegmentation: loss ${loss}, gradient norm ${gradNorm} at step ${step + 1} (epoch ${epoch}); lower the learning rate or check the images`,
          );
        }
        const place = { stepsPerEpoch, reduced: fallen.reduced };
        const learningRate = rule.learningRate * scheduleFactor(schedule, step, totalSteps, place);
        const gradientScale = clipScale(gradNorm, clipNorm ?? undefined);
        state = applyUpdate(model, optimizer, { gradients, state, step, learningRate, gradientScale });
        step++;
        epochLoss += loss;
        const imagesPerSecond = (1000 * batch.index.length) / (performance.now() - start);
        await options.onStep?.({ step, epoch, loss, imagesPerSecond });
        await yieldToEvents();
        start = performance.now();
      }
      const trainLoss = epochLoss / data.batchesPerEpoch;
      const validLoss = valid && (await pixelLoss(model, valid));
      if (validLoss !== undefined && !Number.isFinite(validLoss)) {
        throw new Error(
          `fitSegmentation: the validation loss is ${validLoss} after step ${step} (epoch ${epoch}); lower the learning rate or check the images`,
        );
      }
      if (plateau && validLoss !== undefined) {
        fallen = plateauAfter(plateau, fallen, validLoss, 'min');
      }
      const record: SegmentationEpoch = { epoch, trainLoss, ...(valid && { validLoss }) };
      history.push(record);
      if (validLoss !== undefined && validLoss < (best?.record.validLoss ?? Number.POSITIVE_INFINITY)) {
        disposeAll(best?.weights);
        best = { record, weights: snapshot(model) };
      }
      await options.onEpoch?.(record);
    }
    if (best) assignWeights(model, best.weights);
    return { best: best?.record ?? null, history };
  } finally {
    disposeAll(state);
    disposeAll(best?.weights);
  }
}

const KNOWN: KnownKeys<FitSegmentationOptions> = {
  epochs: true,
  optimizer: true,
  schedule: true,
  clipNorm: true,
  seed: true,
  model: true,
  data: true,
  valid: true,
  onStep: true,
  onEpoch: true,
};

function configOf({ epochs, optimizer, schedule, clipNorm, seed }: FitSegmentationOptions): FitConfig {
  return { epochs, optimizer, schedule, clipNorm, seed };
}

/** Waits for the engine once. Gradients are by the model's own names; who calls disposes them. */
async function batchGradients(
  model: SegmentationModel,
  batch: Batch,
  seed: number,
): Promise<{ gradients: NamedTensorMap; loss: number; gradNorm: number }> {
  const parameters = trainable(model) as Record<string, Variable>;
  const { value, grads } = variableGrads(
    () => batchLoss(model, batch, { training: true, seed }),
    Object.values(parameters),
  );
  const named = Object.entries(parameters).map(([name, { name: own }]) => [name, grads[own]!] as const);
  const gradients: NamedTensorMap = Object.fromEntries(named);
  const norm = squaredNorm(gradients);
  const numbers = stack([value, norm]);
  const [loss, squared] = await numbers.data();
  for (const used of [value, norm, numbers]) used.dispose();
  return { gradients, loss: loss!, gradNorm: Math.sqrt(squared!) };
}

function batchLoss(
  model: SegmentationModel,
  { images, masks }: Batch,
  options: { readonly training: boolean; readonly seed?: number },
): Scalar {
  const flat = (x: Parameters<typeof reshape>[0]): Tensor1D => reshape(x, [-1]);
  return tidy(() => {
    const logits = model.forward(images, options);
    checkPixelLogits('fitSegmentation', model.config.name, logits, images);
    return binaryCrossEntropy(flat(logits), flat(masks!));
  });
}

/** Over all pixels of a split. */
async function pixelLoss(model: SegmentationModel, valid: Loader): Promise<number> {
  let sum = 0;
  let count = 0;
  for await (const batch of valid.epoch(0)) {
    checkBatch('fitSegmentation', batch, { masks: true });
    if (count === 0) await checkValues('fitSegmentation', batch);
    const loss = batchLoss(model, batch, { training: false });
    disposeBatch(batch);
    sum += (await loss.data())[0]! * batch.index.length;
    count += batch.index.length;
    loss.dispose();
    await yieldToEvents();
  }
  return sum / count;
}
