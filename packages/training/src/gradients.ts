import type { ForwardOptions, Model } from '@pcam/models';
import type { Batch } from '@pcam/pcam-data';
import { type RecordedPass, recordPass } from '@pcam/xai';
import {
  add,
  keep,
  mul,
  type NamedTensorMap,
  type Scalar,
  stack,
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { checkBatch, checkLogits } from './checks/batch.js';
import { checkScalar, checkTerm } from './checks/loss-value.js';
import { squaredNorm } from './clip.js';
import { binaryCrossEntropy, type LossConfig } from './loss.js';
import { assignWeights, disposeAll, trainable } from './weights.js';

/** What a loss of one's own and extra loss terms see. Tensors are the step's own: do not dispose them. */
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
  /** `[B, H, W]`, 0 or 1: the label of the patch that each pixel is of, where the loader composes patches. */
  readonly pixelLabels?: Tensor3D;
  /** `[B]`, 0 where no pixel of the patch is tumour, where metadata or masks tell. */
  readonly tumorPatch?: Tensor1D;
  /** `[B]`, of the step's own forward pass. */
  readonly logits: Tensor1D;
  /**
   * The step's own forward pass: activations by layer, and `gradient(x)`, the slopes of the logits by images or an
   * activation, to be differentiated again. An attribution from it costs no second forward pass. With batch norm an
   * image's slopes are nearly, without it wholly, those of its own logit.
   */
  readonly pass: RecordedPass;
  /** The cross-entropy of this step (whatever is minimised), and what it is minimised over: to set a weight by their gradients. */
  readonly crossEntropy: Scalar;
  readonly parameters: Readonly<Record<string, Variable>>;
  /** From 1. */
  readonly step: number;
  /** Of the whole training, as it is planned. */
  readonly steps: number;
  readonly epoch: number;
}

/**
 * A term to add to the cross-entropy: its name (a key of the step's log record), its value, already weighted, as a
 * scalar that is differentiable in the model's variables, and numbers to log beside it as `name.key`.
 */
export interface LossTerm {
  (
    context: LossContext,
  ): {
    readonly name: string;
    readonly value: Scalar;
    readonly metrics?: Readonly<Record<string, Scalar>>;
  };
  /**
   * Whether it is off until after this step: what was best without it is forgotten once it is on. Absent where it is on
   * from the first step.
   */
  readonly isOff?: (place: { readonly step: number; readonly steps: number }) => boolean;
  /** What the term is, in plain values: a run is resumed with the same alone. Without it, only that there is a term is known. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What the term remembers from step to step, for checkpoints; absent where it remembers nothing. */
  readonly state?: {
    /** Its numbers, for the checkpoint. */
    save(): Promise<readonly number[]>;
    /** Goes back to what `save` gave. */
    restore(saved: readonly number[]): void;
  };
}

/** A loss in place of the cross-entropy: a scalar, differentiable in the model's variables. */
export type OwnLoss = (context: LossContext) => Scalar;

export interface StepInput {
  /** More than one: their gradients are averaged, image by image. */
  readonly batches: readonly Batch[];
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  /** Seeds dropout, one for each batch. */
  readonly seeds: readonly number[];
  readonly loss: LossConfig;
  readonly ownLoss?: OwnLoss;
  readonly lossTerms: readonly LossTerm[];
}

export interface StepGradients {
  /** By the model's own names. */
  readonly gradients: NamedTensorMap;
  /** Of everything, terms included. */
  readonly loss: number;
  readonly crossEntropy: number;
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
  const names: string[] = [];
  for (const [i, batch] of batches.entries()) {
    const share = batch.index.length / images;
    const part = batchGradients(model, batch, input.seeds[i]!, input);
    gradients = i === 0 && share === 1 ? part.gradients : accumulate(gradients, part.gradients, share);
    for (const [k, value] of part.values.entries()) {
      values.push(value);
      names.push(part.names[k]!);
      shares.push(share);
    }
  }
  const norm = squaredNorm(gradients);
  const numbers = stack([norm, ...values]);
  const [squared, ...parts] = await numbers.data();
  for (const tensor of [norm, numbers, ...values]) tensor.dispose();
  // By name: a term may tell of one batch what it does not tell of the next.
  const named: Record<string, number> = {};
  for (const [i, part] of parts.entries()) {
    const name = names[i]!;
    named[name] = (named[name] ?? 0) + part * shares[i]!;
  }
  const { loss, ...terms } = named;
  return {
    gradients,
    loss: loss!,
    crossEntropy: terms.crossEntropy ?? loss!,
    gradNorm: Math.sqrt(squared!),
    terms,
  };
}

/** Values are the loss and then each extra term. */
function batchGradients(
  model: Model,
  batch: Batch,
  seed: number,
  { loss: config, ownLoss, lossTerms, step, steps, epoch }: StepInput,
): { gradients: NamedTensorMap; names: string[]; values: Scalar[] } {
  const parameters = trainable(model) as Record<string, Variable>;
  const names = ['loss'];
  const values: Scalar[] = [];
  let pass: RecordedPass | undefined;
  const lossOf = (): Scalar => {
    checkBatch('fit', batch);
    const { images, labels, masks, pixelLabels, tumorPatch } = batch;
    const forward = (patches: Tensor4D, options?: ForwardOptions): Tensor1D => {
      const logits = model.forward(patches, { training: true, seed, ...options });
      checkLogits('fit', model.config.name, logits, patches);
      return logits;
    };
    if (lossTerms.length === 0 && !ownLoss) return binaryCrossEntropy(forward(images), labels, config);
    pass = recordPass(forward, images, { layers: model.layers });
    const logits = pass.output as Tensor1D;
    const crossEntropy = binaryCrossEntropy(logits, labels, config);
    const again = forwardAgain(model, forward);
    const known = {
      ...(masks && { masks }),
      ...(pixelLabels && { pixelLabels }),
      ...(tumorPatch && { tumorPatch }),
    };
    const own = { pass, forward: again, images, labels, ...known, logits, crossEntropy };
    const context: LossContext = { ...own, parameters, step, steps, epoch };
    let loss = crossEntropy;
    if (ownLoss) {
      loss = ownLoss(context);
      checkScalar('loss', loss);
    }
    for (const term of lossTerms) {
      const given = term(context);
      checkTerm(given, names);
      const { name, value, metrics = {} } = given;
      for (const [key, number] of Object.entries({ [name]: value, ...prefixed(name, metrics) })) {
        names.push(key);
        values.push(keep(number.clone()));
      }
      loss = add(loss, value);
    }
    names.push('crossEntropy');
    values.push(keep(crossEntropy.clone()));
    return loss;
  };
  const { value, grads } = gradientsThenDispose(model, lossOf, Object.values(parameters), () => pass);
  const gradients: NamedTensorMap = {};
  for (const [name, variable] of Object.entries(parameters)) {
    const gradient = grads[variable.name];
    if (gradient) gradients[name] = gradient;
  }
  return { gradients, names, values: [value, ...values] };
}

function gradientsThenDispose(
  model: Model,
  loss: () => Scalar,
  parameters: Variable[],
  pass: () => RecordedPass | undefined,
): ReturnType<typeof variableGrads> {
  try {
    return variableGrads(loss, parameters);
  } catch (error) {
    // tfjs speaks of a function passed to minimize(), which nobody has written here.
    if (!(error instanceof Error && error.message.startsWith('Cannot find a connection'))) throw error;
    throw new Error(
      `fit: the loss does not depend on any trainable variable of model '${model.config.name}'; compute with them in its forward, by tfjs operations that have a gradient`,
      { cause: error },
    );
  } finally {
    pass()?.dispose();
  }
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

/** A second training-mode pass must not move the running statistics a second time. */
function forwardAgain(model: Model, forward: LossContext['forward']): LossContext['forward'] {
  return (images, options) => {
    const statistics: NamedTensorMap = {};
    for (const [name, variable] of model.variables) {
      if (!variable.trainable) statistics[name] = variable.clone();
    }
    const logits = forward(images, options);
    assignWeights(model, statistics);
    disposeAll(statistics);
    return logits;
  };
}

function prefixed(name: string, metrics: Readonly<Record<string, Scalar>>): Record<string, Scalar> {
  return Object.fromEntries(Object.entries(metrics).map(([key, value]) => [`${name}.${key}`, value]));
}
