import { hasKernel, isFinal, runKernel } from '@pcam/tfjs-gradients';
import {
  customGrad,
  grads,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {
  behindBiasGradient,
  behindWeightGradient,
  composedGradients,
  type Normalisation,
  type Operands,
} from './batch-norm-composed.js';

type Statistics = [mean: Tensor1D, variance: Tensor1D];
type Save = (kept: Tensor[]) => void;
/** What flows back to dy, x, weight and bias from `v`, which flows back to one gradient of batch norm. */
type Backward = (v: Tensor, dy: Tensor4D, operands: Operands, statistics: Statistics) => Tensor[];

/**
 * The gradients of batch norm's x, weight and bias, by kernels where the engine has them. They can be
 * differentiated to any order.
 */
export function batchNormGradients(
  dy: Tensor4D,
  operands: Operands,
  statistics: Statistics,
  of: Normalisation,
): Tensor[] {
  if (isFinal('BatchNormTrainGrad')) return byKernel(dy, operands, statistics, of);
  // The statistics are constants here: differentiated, they must come from x.
  if (!hasKernel('BatchNormTrainGradGrad')) return composedGradients(dy, operands, of);
  const outputs = byKernel(dy, operands, statistics, of);
  return [behindDx, behindDWeight, behindDBias].map((backward, i) =>
    differentiable(outputs[i]!, dy, operands, statistics, backward(of)),
  );
}

function byKernel(
  dy: Tensor4D,
  [x, weight, bias]: Operands,
  [mean, variance]: Statistics,
  { epsilon, activation }: Normalisation,
): Tensor[] {
  const inputs = { x, dy, weight, bias, mean, variance };
  return runKernel<Tensor[]>('BatchNormTrainGrad', inputs, { epsilon, activation });
}

/** `value` as a function of dy, x, weight and bias. */
function differentiable(
  value: Tensor,
  dy: Tensor4D,
  operands: Operands,
  statistics: Statistics,
  backward: Backward,
): Tensor {
  const op = customGrad((...args) => {
    const [dy, x, weight, bias, save] = args as unknown as [Tensor4D, ...Operands, Save];
    save([dy, x, weight, bias, ...statistics]);
    return {
      // Not `value` itself: on the tape, that is what a kernel without a gradient gave.
      value: value.clone(),
      gradFunc: (v: Tensor, saved: Tensor[]) =>
        tidy(() => {
          const [dy, x, weight, bias, mean, variance] = saved as [Tensor4D, ...Operands, ...Statistics];
          return backward(v, dy, [x, weight, bias], [mean, variance]);
        }),
    };
  });
  return op(dy, ...operands);
}

/** The bias decides what the ReLU lets through, so dx is constant almost everywhere in it. */
const behindDx =
  (of: Normalisation): Backward =>
  (v, dy, operands, [mean, variance]) => {
    const [x, weight, bias] = operands;
    if (isFinal('BatchNormTrainGradGrad')) {
      const { epsilon, activation } = of;
      const inputs = { x, dy, v, weight, bias, mean, variance };
      const slopes = runKernel<Tensor[]>('BatchNormTrainGradGrad', inputs, { epsilon, activation });
      return [...slopes, zerosLike(bias)];
    }
    // Nested gradients are sound while a tape is on, and it is.
    const dx = (...[dy, x, weight]: Tensor[]): Tensor =>
      composedGradients(dy as Tensor4D, [x, weight, bias] as Operands, of)[0]!;
    return [...grads(dx)([dy, x, weight], v), zerosLike(bias)];
  };

const behindDWeight =
  (of: Normalisation): Backward =>
  (u, dy, operands) => [
    ...behindWeightGradient(u as Tensor1D, dy, operands, of),
    zerosLike(operands[1]),
    zerosLike(operands[2]),
  ];

const behindDBias =
  (of: Normalisation): Backward =>
  (u, dy, operands) => [
    behindBiasGradient(u as Tensor1D, dy, operands, of),
    ...operands.map((operand) => zerosLike<Tensor>(operand)),
  ];
