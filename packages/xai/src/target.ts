import { describeValue } from '@pcam/options';
import { mul, oneHot, type Scalar, sum, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { XaiError } from './errors.js';

/**
 * What is explained, per image:
 * - nothing: the one logit of a model that has one;
 * - a class index (0 of a single logit), or one index per image of the batch;
 * - any function of the output `[B, …]`; its result is summed, so it must keep the images apart. Of a single logit,
 *   which speaks for the positive class, `(y) => neg(y)` explains the negative one.
 */
export type Target = number | ArrayLike<number> | ((output: Tensor) => Tensor);

/** The target summed over the batch (a scalar). Images are independent, so its gradient holds each image's own. */
export function targetSum(output: Tensor, target: Target | undefined): Scalar {
  requireScores('The model', output);
  if (typeof target === 'function') {
    const explained = target(output);
    requireScores('The target', explained);
    return sum(explained);
  }
  const batch = output.shape[0];
  if (batch === undefined || output.rank > 2) {
    throw new XaiError(
      'model',
      `The model returned shape [${output.shape}], not [B] or [B, classes]: pass a target that is a function of it.`,
    );
  }
  const classes = output.rank === 1 ? 1 : output.shape[1]!;
  if (target === undefined) {
    if (classes === 1) return sum(output);
    throw new XaiError(
      'target',
      `The model has ${classes} classes: pass target, an index from 0 to ${classes - 1}.`,
    );
  }
  const indices = indicesOf(target, batch, classes);
  if (classes === 1) return sum(output);
  return sum(mul(output, oneHot(tensor1d(indices, 'int32'), classes)));
}

/** @throws XaiError for what no gradient leads back from: no tensor, or one of integers. */
function requireScores(what: string, output: Tensor): void {
  if (!Array.isArray(output?.shape)) {
    throw new XaiError(
      'target',
      `${what} returned ${describeValue(output)}; expected a tensor of scores, such as [B, classes], at once.`,
    );
  }
  if (output.dtype === 'float32') return;
  throw new XaiError(
    'target',
    `${what} returned ${output.dtype} [${output.shape}], as an arg max does, from which no gradient comes back: return the scores it is made from.`,
  );
}

/** One class index an image. */
function indicesOf(target: number | ArrayLike<number>, batch: number, classes: number): number[] {
  const indices = typeof target === 'number' ? new Array<number>(batch).fill(target) : listOf(target);
  if (indices.length !== batch) {
    const hot = indices.indexOf(1);
    const oneHotOf = indices.length === classes && classes > 1 && sumOf(indices) === 1 && hot >= 0;
    throw new XaiError(
      'target',
      oneHotOf
        ? `target [${indices}] looks one-hot: pass the index, target: ${hot}.`
        : `target has ${indices.length} class indices for ${batch} images: give one per image.`,
    );
  }
  for (const index of indices) {
    if (Number.isInteger(index) && index >= 0 && index < classes) continue;
    throw new XaiError(
      'target',
      classes === 1
        ? `target ${index}: the model has one logit, index 0, which speaks for the positive class; leave target out, or explain the negative class by target: (y) => neg(y).`
        : `target ${index} is no class index: the model has ${classes} (0 to ${classes - 1}).`,
    );
  }
  return indices;
}

/** @throws XaiError for tensors, one-hot rows and whatever else is no list of numbers. */
function listOf(target: ArrayLike<number>): number[] {
  const hint = 'pass a class index, or a list of one index per image';
  if (typeof target !== 'object' || target === null || !('length' in target)) {
    throw new XaiError('target', `target is ${describeValue(target)}: ${hint}.`);
  }
  const indices = Array.from(target);
  if (indices.every((index) => typeof index === 'number')) return indices;
  throw new XaiError(
    'target',
    `target is no list of numbers but holds ${JSON.stringify(indices[0])}: ${hint}.`,
  );
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + Math.abs(value), 0);
}
