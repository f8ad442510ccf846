import { mul, oneHot, type Scalar, sum, type Tensor, tensor1d } from '@tensorflow/tfjs-core';

/**
 * What is explained, per image:
 * - nothing: the one logit of a model that has one;
 * - a class index, or one index per image of the batch;
 * - any function of the output `[B, …]`; its result is summed, so it must keep the images apart.
 */
export type Target = number | readonly number[] | ((output: Tensor) => Tensor);

/** The target summed over the batch (a scalar). Images are independent, so its gradient holds each image's own. */
export function targetSum(output: Tensor, target: Target | undefined): Scalar {
  if (typeof target === 'function') return sum(target(output));
  const batch = output.shape[0];
  if (batch === undefined || output.rank > 2) {
    throw new Error(
      `The model returned shape [${output.shape}], not [B] or [B, classes]: pass a target that is a function of it.`,
    );
  }
  const classes = output.rank === 1 ? 1 : output.shape[1]!;
  if (target === undefined) {
    if (classes === 1) return sum(output);
    throw new Error(`The model has ${classes} classes: pass target, an index from 0 to ${classes - 1}.`);
  }
  const indices = typeof target === 'number' ? new Array<number>(batch).fill(target) : target;
  if (indices.length !== batch) {
    throw new Error(`target has ${indices.length} class indices for ${batch} images: give one per image.`);
  }
  for (const index of indices) {
    if (!Number.isInteger(index) || index < 0 || index >= classes) {
      throw new Error(`target ${index} is no class index: the model has ${classes} (0 to ${classes - 1}).`);
    }
  }
  if (classes === 1) return sum(output);
  return sum(mul(output, oneHot(tensor1d([...indices], 'int32'), classes)));
}
