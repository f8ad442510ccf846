import type { Model } from '@pcam/models';
import type { Batch } from '@pcam/pcam-data';
import { keep, type NamedTensorMap, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** Where a number first stopped being finite, in the order of computation. */
export interface NonFinite {
  readonly kind: 'image' | 'parameter' | 'activation' | 'logit' | 'loss term' | 'gradient';
  /** The variable, layer or loss term. */
  readonly name: string;
}

/** What was going on when training diverged. */
export interface Diagnosis {
  /** From 1. */
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** Extra loss terms by name. */
  readonly terms: Readonly<Record<string, number>>;
  /** Before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  readonly first: NonFinite;
  /** The step's patches: places in the training data set. */
  readonly index: readonly number[];
  /** Of the latest steps, oldest first. */
  readonly recentLosses: readonly number[];
  /** Where it was not a step that diverged but the validation after it; `index` is then of the validation split. */
  readonly during?: 'validation';
}

/**
 * A loss or gradient became NaN or infinite, and the weights are still those of the step before; or a logit did in
 * validation.
 */
export class TrainingDivergedError extends Error {
  readonly diagnosis: Diagnosis;

  constructor(diagnosis: Diagnosis) {
    const { step, epoch, first, loss, gradNorm, learningRate, index, recentLosses, during } = diagnosis;
    const losses = recentLosses.slice(-5).map((value) => value.toPrecision(3));
    const patches = index.slice(0, 8).join(', ') + (index.length > 8 ? ', …' : '');
    super(
      `training diverged ${during ? 'in validation after' : 'at'} step ${step} (epoch ${epoch}): first non-finite is the ${first.kind} '${first.name}'` +
        ` (loss ${loss}, gradient norm ${gradNorm}, learning rate ${learningRate.toPrecision(3)},` +
        ` last losses ${losses.join(', ') || 'none'}, patches ${patches}); ${advice(first.kind, during === undefined && step === 1)}`,
    );
    this.name = 'TrainingDivergedError';
    this.diagnosis = diagnosis;
  }
}

const RATE = 'lower the learning rate, lengthen the warm-up or lower clipNorm';
const ADVICE: Record<NonFinite['kind'], string> = {
  image: 'check the data at these patches',
  parameter: 'check the weights that the run started from',
  activation: RATE,
  logit: RATE,
  'loss term': 'check that term, or lower its weight',
  gradient: RATE,
};

/** Weights that were good at first are broken by training. */
function advice(kind: NonFinite['kind'], start: boolean): string {
  return kind === 'parameter' && !start ? RATE : ADVICE[kind];
}

export interface Evidence {
  readonly batches: readonly Batch[];
  /** Of the steps' dropout; without them, the pass was one of evaluation. */
  readonly seeds?: readonly number[];
  readonly gradients?: NamedTensorMap;
  readonly terms?: Readonly<Record<string, number>>;
}

/**
 * Runs the step's forward pass again, layer by layer, to find the first number that is not
 * finite: images, parameters, activations, logits, loss terms, and last gradients, from the
 * output back to the input, which is the order in which they are computed.
 */
export async function firstNonFinite(model: Model, evidence: Evidence): Promise<NonFinite> {
  const { batches, seeds, gradients = {}, terms = {} } = evidence;
  for (const batch of batches) {
    if (await broken(batch.images)) return { kind: 'image', name: 'images' };
  }
  for (const [name, variable] of model.variables) {
    // Running statistics are left out in training: the failed pass has already moved them.
    if ((variable.trainable || !seeds) && (await broken(variable))) return { kind: 'parameter', name };
  }
  for (const [i, batch] of batches.entries()) {
    const seen: { kind: NonFinite['kind']; name: string; value: Tensor }[] = [];
    const see = (kind: NonFinite['kind'], name: string, value: Tensor): Tensor => {
      seen.push({ kind, name, value: keep(value.clone()) });
      return value;
    };
    tidy(() => {
      const tap = (name: string, activation: Tensor): Tensor => see('activation', name, activation);
      see(
        'logit',
        'logits',
        model.forward(batch.images, { ...(seeds && { training: true, seed: seeds[i]! }), tap }),
      );
    });
    let first: NonFinite | undefined;
    for (const { kind, name, value } of seen) {
      if (!first && (await broken(value))) first = { kind, name };
      value.dispose();
    }
    if (first) return first;
  }
  const term = Object.entries(terms).find(([, value]) => !Number.isFinite(value));
  if (term) return { kind: 'loss term', name: term[0] };
  for (const [name, gradient] of Object.entries(gradients).reverse()) {
    if (await broken(gradient)) return { kind: 'gradient', name };
  }
  return seeds ? { kind: 'gradient', name: 'global norm' } : { kind: 'logit', name: 'logits' };
}

/** A logit of an evaluation pass is NaN or infinite. */
export class NonFiniteLogitsError extends Error {
  readonly first: NonFinite;
  /** Places in the data set of the patches whose logits are not finite. */
  readonly index: readonly number[];

  constructor(dataset: string, first: NonFinite, index: readonly number[]) {
    const patches = index.slice(0, 8).join(', ') + (index.length > 8 ? ', …' : '');
    super(
      `predict: logits of ${dataset} at ${patches} are not finite; first non-finite is the ${first.kind} '${first.name}'; ${first.kind === 'image' ? ADVICE.image : "check the model's weights"}`,
    );
    this.name = 'NonFiniteLogitsError';
    this.first = first;
    this.index = index;
  }
}

async function broken(tensor: Tensor): Promise<boolean> {
  return !(await tensor.data()).every(Number.isFinite);
}
