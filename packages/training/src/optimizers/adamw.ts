import { checkKeys } from '@pcam/options';
import { add, div, mul, sqrt, square, sub } from '@tensorflow/tfjs-core';
import { type Optimizer, perParameter } from './optimizer.js';

/** Settings of {@link adamW}. */
export interface AdamWConfig {
  readonly name: 'adamw';
  /** The schedule multiplies this; 0.001 by default. */
  readonly learningRate?: number;
  /** 0.9 by default. */
  readonly beta1?: number;
  /** 0.999 by default. */
  readonly beta2?: number;
  /** 1e-8 by default. */
  readonly epsilon?: number;
  /** Decoupled; 0.01 by default. Vectors (biases, norms) are never decayed. */
  readonly weightDecay?: number;
}

/**
 * Adam with decoupled weight decay: Loshchilov & Hutter, "Decoupled Weight Decay
 * Regularization", ICLR 2019 (arXiv 1711.05101), algorithm 2, with decay scaled by the
 * learning rate, as PyTorch has it:
 *
 * m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,
 * θ ← (1 − ηλ)θ − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)
 *
 * The slots hold m/(1 − β₁) and v/(1 − β₂), and all scalar factors of the last line meet
 * in two numbers: eleven tensor operations a parameter instead of eighteen.
 */
export function adamW(config: Omit<AdamWConfig, 'name'> = {}): Optimizer {
  checkKeys<AdamWConfig>('adamW', config as AdamWConfig, {
    name: true,
    learningRate: true,
    beta1: true,
    beta2: true,
    epsilon: true,
    weightDecay: true,
  });
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = config;
  return perParameter(['moment1', 'moment2'], (step, learningRate) => {
    const correction1 = 1 - beta1 ** (step + 1);
    const correction2 = Math.sqrt((1 - beta2 ** (step + 1)) / (1 - beta2));
    const factors = {
      keep1: beta1,
      keep2: beta2,
      rate: (learningRate * (1 - beta1) * correction2) / correction1,
      floor: epsilon * correction2,
    };
    const shrunk = 1 - learningRate * weightDecay;
    return {
      kernel: { name: 'AdamW', attrs: (decay) => ({ ...factors, shrink: decay ? shrunk : 1 }) },
      compose: (constant) => {
        const keep1 = constant(factors.keep1);
        const keep2 = constant(factors.keep2);
        const rate = constant(factors.rate);
        const floor = constant(factors.floor);
        const shrink = constant(shrunk);
        return (parameter, gradient, [moment1, moment2], decay) => {
          const next1 = add(mul(moment1!, keep1), gradient);
          const next2 = add(mul(moment2!, keep2), square(gradient));
          const move = mul(div(next1, add(sqrt(next2), floor)), rate);
          const kept = decay && weightDecay > 0 ? mul(parameter, shrink) : parameter;
          return { parameter: sub(kept, move), slots: [next1, next2] };
        };
      },
    };
  });
}
