import type { Weighted } from '@pcam/models';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** All variables of a model, running statistics included, as tensors that share their memory. */
export function snapshot(model: Weighted): NamedTensorMap {
  const out: NamedTensorMap = {};
  for (const [name, variable] of model.variables) out[name] = variable.clone();
  return out;
}

/** Gives the variables named in `values` those values; `values` stay whose they are. */
export function assignWeights(model: Weighted, values: NamedTensorMap): void {
  for (const [name, value] of Object.entries(values)) model.variables.get(name)!.assign(value);
}

/** The variables that training changes by gradient. */
export function trainable(model: Weighted): NamedTensorMap {
  return Object.fromEntries([...model.variables].filter(([, variable]) => variable.trainable));
}

/** Runs `work` while the model holds `weights`, then gives it its own back. */
export async function withWeights<T>(
  model: Weighted,
  weights: NamedTensorMap | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (!weights) return work();
  const own = snapshot(model);
  assignWeights(model, weights);
  try {
    return await work();
  } finally {
    assignWeights(model, own);
    disposeAll(own);
  }
}

export function disposeAll(tensors: Readonly<Record<string, Tensor>> | undefined): void {
  for (const tensor of Object.values(tensors ?? {})) tensor.dispose();
}
