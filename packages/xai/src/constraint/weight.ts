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

/** λ as a number: the same throughout, after the warm-up. */
export interface FixedWeight {
  readonly lambda: number;
  /** Steps in which λ rises from 0, linearly. Default 0. */
  readonly warmup?: number;
}

/**
 * λ such that the penalty's gradient has `ratio` times the norm of the cross-entropy's, over all weights. Measured
 * every `every` steps, since it costs a backward pass of each, and averaged over measurements with decay `decay`.
 * Batches whose penalty has no gradient are passed over; until another comes, λ is 0.
 */
export interface RatioWeight {
  readonly ratio: number;
  /** Default 20. */
  readonly every?: number;
  /** Default 0.5. */
  readonly decay?: number;
  readonly warmup?: number;
}

/** λ: a number, with a warm-up, or by the ratio of gradient norms. */
export type Weight = number | FixedWeight | RatioWeight;

/** What the ratio is measured on. */
interface WeightInput {
  readonly step: number;
  readonly penalty: Scalar;
  readonly crossEntropy?: Scalar;
  readonly parameters?: Readonly<Record<string, Variable>>;
}

/** Gives each step its λ. `save` and `restore` are for a checkpoint: λ of a ratio is a memory of earlier steps. */
export interface WeightRule {
  next(input: WeightInput): Scalar;
  save(): Promise<readonly number[]>;
  restore(saved: readonly number[]): void;
}

export function weightRule(weight: Weight): WeightRule {
  const settings = typeof weight === 'number' ? { lambda: weight } : weight;
  const { warmup = 0 } = settings;
  const rise = (step: number): number => (warmup > 0 ? Math.min(1, step / warmup) : 1);
  if (!('ratio' in settings)) {
    return {
      next: ({ step }) => scalar(settings.lambda * rise(step)),
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
    next(input) {
      if (!known || input.step % every === 0) {
        const before = known ?? scalar(0);
        const { crossEntropy, penalty } = normsOf(input);
        const measured = div(mul(crossEntropy, ratio), maximum(penalty, TINY));
        const averaged = add(mul(before, decay), mul(measured, 1 - decay));
        const after = where(greater(before, 0), averaged, measured);
        remember(where(greater(penalty, TINY), after, before));
      }
      return mul(known!, rise(input.step));
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
