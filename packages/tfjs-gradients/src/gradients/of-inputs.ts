import { broadcast_util, type GradConfig, reshape, sum, type Tensor, zeros } from '@tensorflow/tfjs-core';

/** For each input by its name, what its gradient is. */
export type Slopes = Record<string, () => Tensor>;

/**
 * A gradient that is a function of the op's inputs alone, for ops with one output. Written in differentiable ops,
 * it can itself be differentiated.
 */
export function ofInputs<A = object>(
  kernelName: string,
  inputsToSave: readonly string[],
  slopes: (dy: Tensor, inputs: Tensor[], attrs: A) => Slopes,
): GradConfig {
  return {
    kernelName,
    inputsToSave: [...inputsToSave],
    gradFunc: (dy, inputs, attrs) => slopes(dy as Tensor, inputs, attrs as unknown as A),
  };
}

/** What has no slope in an input, which may be of any type. */
export function flat(input: Tensor): () => Tensor {
  return () => zeros(input.shape);
}

/** The gradient of something that was broadcast. */
export function sumTo(shape: readonly number[], gradient: Tensor): Tensor {
  const axes = broadcast_util.getReductionAxes([...shape], gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, [...shape]);
}
