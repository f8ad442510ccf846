import { checkKeys } from '@pcam/options';
import { add, mul, sub } from '@tensorflow/tfjs-core';
import { type Optimizer, perParameter } from './optimizer.js';

/** Settings of {@link sgd}. */
export interface SgdConfig {
  readonly name: 'sgd';
  /** The schedule multiplies this; 0.1 by default. */
  readonly learningRate?: number;
  /** 0.9 by default; 0 is plain gradient descent. */
  readonly momentum?: number;
  /** Look ahead along the velocity (Sutskever et al., ICML 2013); off by default. */
  readonly nesterov?: boolean;
  /** L2 penalty's gradient, added to the gradient; 0 by default. Vectors are left out. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent with momentum, in PyTorch's form:
 * g ← g + λθ,  u ← μu + g,  θ ← θ − η·u  (Nesterov: θ ← θ − η·(g + μu)).
 */
export function sgd(config: Omit<SgdConfig, 'name'> = {}): Optimizer {
  checkKeys<SgdConfig>('sgd', config as SgdConfig, {
    name: true,
    learningRate: true,
    momentum: true,
    nesterov: true,
    weightDecay: true,
  });
  const { momentum = 0.9, nesterov = false, weightDecay = 0 } = config;
  return perParameter(momentum > 0 ? ['velocity'] : [], (_step, learningRate) => {
    const attrs = (decay: boolean) => ({
      rate: learningRate,
      momentum,
      penalty: decay ? weightDecay : 0,
      nesterov,
    });
    return {
      ...(momentum > 0 && { kernel: { name: 'SgdMomentum', attrs } }),
      compose: (constant) => {
        const rate = constant(learningRate);
        const keep = constant(momentum);
        const penalty = constant(weightDecay);
        return (parameter, gradient, [velocity], decay) => {
          const pull = decay && weightDecay > 0 ? add(gradient, mul(parameter, penalty)) : gradient;
          if (!velocity) return { parameter: sub(parameter, mul(pull, rate)), slots: [] };
          const next = add(mul(velocity, keep), pull);
          const move = nesterov ? add(pull, mul(next, keep)) : next;
          return { parameter: sub(parameter, mul(move, rate)), slots: [next] };
        };
      },
    };
  });
}
