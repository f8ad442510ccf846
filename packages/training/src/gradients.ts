import type { ForwardOptions, Model } from '@pcam/models';
import type { Batch } from '@pcam/pcam-data';
import {
  add,
  engine,
  keep,
  mul,
  type NamedTensorMap,
  type Scalar,
  stack,
  sum,
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { squaredNorm } from './clip.js';
import { binaryCrossEntropy, type LossConfig } from './loss.js';
import { assignWeights, disposeAll, trainable } from './weights.js';

/** What an extra loss term sees. Tensors are the step's own: do not dispose them. */
export interface LossContext {
  /**
   * The model as this step sees it (training mode, the same dropout), to be called on any
   * images, with a tap if wanted. Running statistics are left alone.
   */
  readonly forward: (images: Tensor4D, options?: ForwardOptions) => Tensor1D;
  /** `[B, H, W, 3]`. */
  readonly images: Tensor4D;
  /** `[B]`, 0 or 1. */
  readonly labels: Tensor1D;
  /** `[B, H, W]`, 0 or 1, where the data set has masks. */
  readonly masks?: Tensor3D;
  /** `[B]`, of the step's own forward pass. */
  readonly logits: Tensor1D;
  /**
   * ∂(Σ logits)/∂images of the step's own forward pass, `[B, H, W, 3]`, to be differentiated again: what a
   * penalty on attributions starts from, at a third less than a pass through `forward`. Without batch norm, and
   * nearly so with it, an image's slopes are those of its own logit.
   */
  readonly imageGradient: () => Tensor4D;
  readonly step: number;
  readonly epoch: number;
}

/**
 * A term to add to the cross-entropy: its name (a key of the step's log record) and its
 * value, already weighted, as a scalar that is differentiable in the model's variables.
 */
export type LossTerm = (context: LossContext) => { readonly name: string; readonly value: Scalar };

export interface StepInput {
  /** More than one: their gradients are averaged, image by image. */
  readonly batches: readonly Batch[];
  readonly step: number;
  readonly epoch: number;
  /** Seeds dropout, one for each batch. */
  readonly seeds: readonly number[];
  readonly loss: LossConfig;
  readonly lossTerms: readonly LossTerm[];
}

export interface StepGradients {
  /** By the model's own names. */
  readonly gradients: NamedTensorMap;
  /** Of everything, terms included. */
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  /** Global L2 norm. */
  readonly gradNorm: number;
}

/**
 * Loss and gradients of one step. Waits for the engine once, for all numbers together.
 * Who calls disposes the gradients; the batches are left alone.
 */
export async function computeGradients(model: Model, input: StepInput): Promise<StepGradients> {
  const { batches } = input;
  const images = batches.reduce((sum, batch) => sum + batch.index.length, 0);
  let gradients: NamedTensorMap = {};
  const shares: number[] = [];
  const values: Scalar[] = [];
  let names: string[] = [];
  for (const [i, batch] of batches.entries()) {
    const share = batch.index.length / images;
    const part = batchGradients(model, batch, input.seeds[i]!, input);
    gradients = i === 0 && share === 1 ? part.gradients : accumulate(gradients, part.gradients, share);
    names = part.names;
    for (const value of part.values) {
      values.push(value);
      shares.push(share);
    }
  }
  const norm = squaredNorm(gradients);
  const numbers = stack([norm, ...values]);
  const [squared, ...parts] = await numbers.data();
  for (const tensor of [norm, numbers, ...values]) tensor.dispose();
  const totals = names.map((_, n) =>
    parts.reduce((sum, part, i) => (i % names.length === n ? sum + part * shares[i]! : sum), 0),
  );
  const [loss, ...terms] = totals;
  return {
    gradients,
    loss: loss!,
    gradNorm: Math.sqrt(squared!),
    terms: Object.fromEntries(terms.map((value, i) => [names[i + 1]!, value])),
  };
}

/** Values are the loss and then each extra term. */
function batchGradients(
  model: Model,
  batch: Batch,
  seed: number,
  { loss: config, lossTerms, step, epoch }: StepInput,
): { gradients: NamedTensorMap; names: string[]; values: Scalar[] } {
  const parameters = trainable(model) as Record<string, Variable>;
  const names = ['loss'];
  const values: Scalar[] = [];
  const { value, grads } = variableGrads(() => {
    const logits = model.forward(batch.images, { training: true, seed });
    let loss = binaryCrossEntropy(logits, batch.labels, config);
    const forward = forwardAgain(model, seed);
    const { images, labels, masks } = batch;
    const imageGradient = once(() => slopesOfLogits(logits, images));
    const own = { forward, images, labels, ...(masks && { masks }), logits, imageGradient };
    for (const term of lossTerms) {
      const result = term({ ...own, step, epoch });
      names.push(result.name);
      values.push(keep(result.value.clone()));
      loss = add(loss, result.value);
    }
    return loss;
  }, Object.values(parameters));
  const gradients: NamedTensorMap = {};
  for (const [name, variable] of Object.entries(parameters)) {
    const gradient = grads[variable.name];
    if (gradient) gradients[name] = gradient;
  }
  return { gradients, names, values: [value, ...values] };
}

/** sum + share·part; both inputs are used up. */
function accumulate(total: NamedTensorMap, part: NamedTensorMap, share: number): NamedTensorMap {
  const next = tidy(() => {
    const out: NamedTensorMap = {};
    for (const [name, gradient] of Object.entries(part)) {
      const weighted = mul(gradient, share);
      out[name] = total[name] ? add(total[name], weighted) : weighted;
    }
    return out;
  });
  disposeAll(total);
  disposeAll(part);
  return next;
}

/**
 * The way from images to logits lies on the tape of the gradients under way, so nothing is computed again. tfjs's
 * `grad` would do the same, if it did not ask for a function of the images.
 */
function slopesOfLogits(logits: Tensor1D, images: Tensor4D): Tensor4D {
  const { grads } = engine().gradients(() => sum<Scalar>(logits), [images]);
  return grads[0] as Tensor4D;
}

function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
}

/** A second training-mode pass must not move the running statistics a second time. */
function forwardAgain(model: Model, seed: number): LossContext['forward'] {
  return (images, options) => {
    const statistics: NamedTensorMap = {};
    for (const [name, variable] of model.variables) {
      if (!variable.trainable) statistics[name] = variable.clone();
    }
    const logits = model.forward(images, { training: true, seed, ...options });
    assignWeights(model, statistics);
    disposeAll(statistics);
    return logits;
  };
}
