import { hasKernel, runKernel } from '@pcam/tfjs-gradients';
import {
  mul,
  type NamedTensorMap,
  type Scalar,
  scalar,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** What one update is computed from; maps are by parameter name. */
export interface UpdateInput {
  readonly parameters: NamedTensorMap;
  /** A parameter without a gradient stays as it is. */
  readonly gradients: NamedTensorMap;
  readonly state: NamedTensorMap;
  /** Updates done before this one: 0 for the first. */
  readonly step: number;
  readonly learningRate: number;
  /** Gradients are multiplied by this first (see `clipScale`); 1 by default. */
  readonly gradientScale?: number;
}

/**
 * A pure pair: `init` gives the state for some parameters, `update` gives new parameters
 * and new state and leaves its input alone. State tensors are named `slot/parameter`, so
 * they can be saved like weights. Who calls disposes.
 */
export interface Optimizer {
  /** The state before the first update. */
  init(parameters: NamedTensorMap): NamedTensorMap;
  /** One step for every parameter; every tensor is new, those without a gradient are copies. @throws Error where `state` belongs to other parameters. */
  update(input: UpdateInput): { readonly parameters: NamedTensorMap; readonly state: NamedTensorMap };
}

/**
 * An optimizer that `fit` takes in place of a configuration: `{ learningRate: 1e-4, init, update }`. Further plain
 * values may stand in it: a run is resumed only where all of them are as they were.
 */
export interface OwnOptimizer extends Optimizer {
  /** The peak; `update` is given it times the schedule's factor. */
  readonly learningRate: number;
}

/** New value of one parameter and of its slots, in the order of the optimizer's slots. */
type Rule = (
  parameter: Tensor,
  gradient: Tensor,
  slots: readonly Tensor[],
  decay: boolean,
) => { readonly parameter: Tensor; readonly slots: readonly Tensor[] };

/**
 * The same rule as one kernel, for engines that have it: its inputs are the parameter, the gradient and the slots
 * by their names, its outputs the new parameter and slots, and `gradientScale` is added to its attributes.
 */
interface RuleKernel {
  readonly name: string;
  readonly attrs: (decay: boolean) => Record<string, number | boolean>;
}

/** One step's rule; `compose` is not called where the engine has the kernel. */
export interface StepRule {
  readonly kernel?: RuleKernel;
  readonly compose: (constant: Constants) => Rule;
}

/** Scalars are uploaded once for an update, not once for each parameter. */
type Constants = (value: number) => Scalar;

/**
 * An optimizer that treats each parameter alike and alone.
 *
 * @param slots names of the state tensors each parameter has, all zero at first.
 * @param prepare gives the rule for one step.
 */
export function perParameter(
  slots: readonly string[],
  prepare: (step: number, learningRate: number) => StepRule,
): Optimizer {
  return {
    init(parameters) {
      const state: NamedTensorMap = {};
      for (const [name, parameter] of Object.entries(parameters)) {
        for (const slot of slots) state[`${slot}/${name}`] = zerosLike(parameter);
      }
      return state;
    },
    update({ parameters, gradients, state, step, learningRate, gradientScale = 1 }) {
      const flat = tidy(() => {
        const { kernel, compose } = prepare(step, learningRate);
        const rule =
          kernel && hasKernel(kernel.name)
            ? asKernel(kernel, slots, gradientScale)
            : scaled(
                compose((value) => scalar(value, 'float32')),
                gradientScale,
              );
        const out: NamedTensorMap = {};
        for (const [name, parameter] of Object.entries(parameters)) {
          const gradient = gradients[name];
          const old = slots.map((slot) => stateOf(state, slot, name));
          const next = gradient
            ? rule(parameter, gradient, old, decays(parameter))
            : { parameter: parameter.clone(), slots: old.map((slot) => slot.clone()) };
          out[`parameter/${name}`] = next.parameter;
          for (const [i, slot] of slots.entries()) out[`state/${slot}/${name}`] = next.slots[i]!;
        }
        return out;
      });
      return { parameters: within(flat, 'parameter/'), state: within(flat, 'state/') };
    },
  };
}

function asKernel({ name, attrs }: RuleKernel, slots: readonly string[], gradientScale: number): Rule {
  return (parameter, gradient, old, decay) => {
    const named = Object.fromEntries(slots.map((slot, i) => [slot, old[i]!]));
    const [next, ...nextSlots] = runKernel<Tensor[]>(
      name,
      { parameter, gradient, ...named },
      { ...attrs(decay), gradientScale },
    );
    return { parameter: next!, slots: nextSlots };
  };
}

function scaled(rule: Rule, gradientScale: number): Rule {
  if (gradientScale === 1) return rule;
  const scale = scalar(gradientScale, 'float32');
  return (parameter, gradient, old, decay) => rule(parameter, mul(gradient, scale), old, decay);
}

/** Weight decay is for matrices and filters: biases, norms and other vectors are left out. */
function decays(parameter: Tensor): boolean {
  return parameter.rank > 1;
}

function stateOf(state: NamedTensorMap, slot: string, name: string): Tensor {
  const tensor = state[`${slot}/${name}`];
  if (!tensor)
    throw new Error(`optimizer: the state lacks '${slot}/${name}'; it belongs to other parameters`);
  return tensor;
}

function within(map: NamedTensorMap, prefix: string): NamedTensorMap {
  const entries = Object.entries(map).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
