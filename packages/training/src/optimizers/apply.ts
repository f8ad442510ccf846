import type { Weighted } from '@pcam/models';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { disposeAll, trainable } from '../weights.js';
import type { Optimizer, UpdateInput } from './optimizer.js';

/**
 * One update of a model's weights. Gradients and the old state are used up.
 *
 * @returns the new state; who calls disposes it.
 * @throws Error where an optimizer of one's own leaves a parameter or slot out, or changes its shape; gradients and
 *   the old state are then as they were.
 */
export function applyUpdate(
  model: Weighted,
  optimizer: Optimizer,
  input: Omit<UpdateInput, 'parameters'>,
): NamedTensorMap {
  const parameters = trainable(model);
  const next = optimizer.update({ ...input, parameters });
  checkSame('parameters', parameters, next?.parameters);
  if (typeof next.state !== 'object' || next.state === null) {
    throw new Error(
      'optimizer: update gave no state; return { parameters, state }, with {} where there is none',
    );
  }
  checkSame('state', input.state, next.state);
  for (const [name, value] of Object.entries(next.parameters)) model.variables.get(name)!.assign(value);
  // An optimizer may hand back what it was given.
  const kept = new Set<Tensor>([...Object.values(parameters), ...Object.values(next.state)]);
  for (const used of [next.parameters, input.gradients, input.state]) {
    disposeAll(Object.fromEntries(Object.entries(used).filter(([, tensor]) => !kept.has(tensor))));
  }
  return next.state;
}

function checkSame(what: string, old: NamedTensorMap, next: NamedTensorMap | undefined): void {
  const names = Object.keys(old);
  const strange = Object.keys(next ?? {}).find((name) => !(name in old));
  const wrong = strange ?? names.find((name) => String(next?.[name]?.shape) !== String(old[name]!.shape));
  if (wrong === undefined) return;
  const got = next?.[wrong] ? `[${next[wrong]!.shape}]` : 'nothing';
  const wanted = old[wrong] ? `[${old[wrong]!.shape}]` : 'nothing of that name';
  throw new Error(`optimizer: update gave ${what} '${wrong}' ${got}; expected ${wanted}`);
}
