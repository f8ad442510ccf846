import {
  add,
  div,
  engine,
  greater,
  keep,
  maximum,
  mul,
  type Scalar,
  scalar,
  sqrt,
  square,
  sum,
  type Tensor,
  tidy,
  type Variable,
  where,
} from '@tensorflow/tfjs-core';
import { XaiError } from '../errors.js';
import { stopGradient } from './stop-gradient.js';

/** When the constraint sets in. */
interface Onset {
  /**
   * Share of the training's steps that pass without it, from 0 to below 1: a network that has learnt to classify can be
   * made to show why, while one that is constrained from its first step on learns less of either. Default 0.
   */
  readonly from?: number;
  /** Steps in which λ then rises from 0, linearly. Default 0. */
  readonly warmup?: number;
}

/** λ as a number: the same throughout, after the warm-up. */
export interface FixedWeight extends Onset {
  readonly lambda: number;
}

/**
 * λ such that the penalty's gradient has `ratio` times the norm of the cross-entropy's, over all weights. Measured
 * every `every` steps, since it costs a backward pass of each, and averaged over measurements with decay `decay`.
 * Batches whose penalty has no gradient are passed over; until another comes, λ is 0.
 */
export interface RatioWeight extends Onset {
  readonly ratio: number;
  /** Default 20. */
  readonly every?: number;
  /** Default 0.5. */
  readonly decay?: number;
}

/** λ: a number, with an onset, or by the ratio of gradient norms. */
export type Weight = number | FixedWeight | RatioWeight;

/** How far training has come. */
interface Place {
  readonly step: number;
  readonly steps?: number;
}

/** What the ratio is measured on. */
interface WeightInput extends Place {
  readonly penalty: Scalar;
  readonly crossEntropy?: Scalar;
  readonly parameters?: Readonly<Record<string, Variable>>;
}

/** Gives each step its λ. `save` and `restore` are for a checkpoint: λ of a ratio is a memory of earlier steps. */
export interface WeightRule {
  /** Whether λ is 0 throughout until after this step, so that no penalty need be trained by. */
  isOff(place: Place): boolean;
  next(input: WeightInput): Scalar;
  save(): Promise<readonly number[]>;
  restore(saved: readonly number[]): void;
}

export function weightRule(weight: Weight): WeightRule {
  const settings = typeof weight === 'number' ? { lambda: weight } : weight;
  const { from = 0, warmup = 0 } = settings;
  const sinceOnset = ({ step, steps }: Place): number => {
    if (from === 0) return step;
    if (steps !== undefined) return step - Math.round(from * steps);
    throw new XaiError('option', 'A weight with from needs steps, of the whole training, beside the step.');
  };
  const rise = (place: Place): number => (warmup > 0 ? Math.min(1, sinceOnset(place) / warmup) : 1);
  const isOff: WeightRule['isOff'] = (place) => sinceOnset(place) <= 0;
  if (!('ratio' in settings)) {
    return {
      isOff,
      next: (input) => scalar(settings.lambda * rise(input)),
      save: async () => [],
      restore: () => {},
    };
  }
  const { ratio, every = 20, decay = 0.5 } = settings;
  // 0 until there is a measurement.
  let known: Tensor | undefined;
  const remember = (value: Tensor | undefined): void => {
    const kept = value && keep(value.clone());
    known?.dispose();
    known = kept;
  };
  return {
    isOff,
    next(input) {
      if (!known || input.step % every === 0) {
        const before = known ?? scalar(0);
        const { crossEntropy, penalty } = normsOf(input);
        const measured = div(mul(crossEntropy, ratio), maximum(penalty, TINY));
        const averaged = add(mul(before, decay), mul(measured, 1 - decay));
        const after = where(greater(before, 0), averaged, measured);
        remember(where(greater(penalty, TINY), after, before));
      }
      return mul(known!, rise(input));
    },
    save: async () => [...((await known?.data()) ?? [])],
    restore([value]) {
      tidy(() => remember(value === undefined ? undefined : scalar(value)));
    },
  };
}

/** Below it a penalty has no gradient, as where a batch has no healthy place, and no ratio can be measured. */
const TINY = 1e-12;

/** The gradients' norms, themselves without gradient. */
function normsOf({ penalty, crossEntropy, parameters }: WeightInput): {
  crossEntropy: Scalar;
  penalty: Scalar;
} {
  if (!crossEntropy || !parameters) {
    throw new XaiError(
      'option',
      'A weight by ratio needs crossEntropy and parameters beside the pass: give both, or a fixed lambda.',
    );
  }
  const weights = Object.values(parameters);
  const norm = (loss: Scalar): Scalar => {
    const { grads } = engine().gradients(() => loss.clone(), weights, undefined, true);
    const squares = grads.filter((gradient) => gradient).map((gradient) => sum(square(gradient)));
    return stopGradient(sqrt(squares.reduce(add<Tensor>, scalar(0))) as Scalar);
  };
  return { crossEntropy: norm(crossEntropy), penalty: norm(penalty) };
}
