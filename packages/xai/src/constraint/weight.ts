import {
  add,
  div,
  engine,
  keep,
  maximum,
  mul,
  type Scalar,
  scalar,
  sqrt,
  square,
  sum,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
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
 */
export interface RatioWeight {
  readonly ratio: number;
  /** Default 20. */
  readonly every?: number;
  /** Default 0.5. */
  readonly decay?: number;
  readonly warmup?: number;
}

export type Weight = number | FixedWeight | RatioWeight;

/** What the ratio is measured on. */
export interface WeightInput {
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
  let known: Tensor | undefined;
  const remember = (value: Tensor): void => {
    const kept = keep(value.clone());
    known?.dispose();
    known = kept;
  };
  return {
    next(input) {
      if (!known || input.step % every === 0) {
        const measured = mul(stopGradient(normRatio(input)), ratio);
        remember(known ? add(mul(known, decay), mul(measured, 1 - decay)) : measured);
      }
      return mul(known!, rise(input.step));
    },
    save: async () => [...((await known?.data()) ?? [])],
    restore([value]) {
      if (value !== undefined) remember(scalar(value));
    },
  };
}

/** ‖∂ cross-entropy‖ / ‖∂ penalty‖, on the tape as all gradients here are. */
function normRatio({ penalty, crossEntropy, parameters }: WeightInput): Tensor {
  if (!crossEntropy || !parameters) {
    throw new Error(
      'A weight by ratio needs crossEntropy and parameters beside the pass: give both, or a fixed lambda.',
    );
  }
  const weights = Object.values(parameters);
  const norm = (loss: Scalar): Tensor => {
    const { grads } = engine().gradients(() => loss.clone(), weights, undefined, true);
    const squares = grads.filter((gradient) => gradient).map((gradient) => sum(square(gradient)));
    return sqrt(squares.reduce(add<Tensor>, scalar(0)));
  };
  return div(norm(crossEntropy), maximum(norm(penalty), 1e-12));
}
