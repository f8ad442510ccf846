import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';

interface BatchNormAttrs {
  readonly epsilon: number;
  readonly activation?: 'linear' | 'relu';
}

export const batchNormTrainKernels: readonly NativeKernel[] = [
  { name: 'BatchNormTrain', run: batchNorm },
  { name: 'BatchNormTrainGrad', run: batchNormGrad },
  { name: 'BatchNormTrainGradGrad', run: batchNormGradGrad },
];

function batchNorm(call: Call): TensorInfo[] | undefined {
  const tensors = floatInputs(call, 'x', 'weight', 'bias');
  if (!tensors) return undefined;
  const { x, weight, bias } = tensors;
  const { rows, channels, epsilon, rectified } = layout(call, x, [weight, bias]);
  const { backend } = call;
  const y = backend.output(x.shape);
  const mean = backend.output([channels]);
  const variance = backend.output([channels]);
  backend.addon.batchNorm(
    backend.floats(x),
    backend.floats(weight),
    backend.floats(bias),
    y.values,
    mean.values,
    variance.values,
    rows,
    channels,
    epsilon,
    rectified,
  );
  return [y.info, mean.info, variance.info];
}

function batchNormGrad(call: Call): TensorInfo[] | undefined {
  const tensors = floatInputs(call, 'x', 'dy', 'weight', 'bias', 'mean', 'variance');
  if (!tensors) return undefined;
  const { x, dy, weight, bias, mean, variance } = tensors;
  const { rows, channels, epsilon, rectified } = layout(call, x, [weight, bias, mean, variance]);
  util.assertShapesMatch(x.shape, dy.shape, 'BatchNormTrainGrad: ');
  const { backend } = call;
  const dx = backend.output(x.shape);
  const dWeight = backend.output([channels]);
  const dBias = backend.output([channels]);
  backend.addon.batchNormGrad(
    backend.floats(x),
    backend.floats(dy),
    backend.floats(weight),
    backend.floats(bias),
    backend.floats(mean),
    backend.floats(variance),
    dx.values,
    dWeight.values,
    dBias.values,
    rows,
    channels,
    epsilon,
    rectified,
  );
  return [dx.info, dWeight.info, dBias.info];
}

function batchNormGradGrad(call: Call): TensorInfo[] | undefined {
  const tensors = floatInputs(call, 'x', 'dy', 'v', 'weight', 'bias', 'mean', 'variance');
  if (!tensors) return undefined;
  const { x, dy, v, weight, bias, mean, variance } = tensors;
  const { rows, channels, epsilon, rectified } = layout(call, x, [weight, bias, mean, variance]);
  for (const { shape } of [dy, v]) util.assertShapesMatch(x.shape, shape, 'BatchNormTrainGradGrad: ');
  const { backend } = call;
  const dDy = backend.output(x.shape);
  const dx = backend.output(x.shape);
  const dWeight = backend.output([channels]);
  backend.addon.batchNormGradGrad(
    backend.floats(x),
    backend.floats(dy),
    backend.floats(v),
    backend.floats(weight),
    backend.floats(bias),
    backend.floats(mean),
    backend.floats(variance),
    dDy.values,
    dx.values,
    dWeight.values,
    rows,
    channels,
    epsilon,
    rectified,
  );
  return [dDy.info, dx.info, dWeight.info];
}

/** x as rows of channels; everything else has one value a channel. */
function layout({ attrs }: Call, x: TensorInfo, others: readonly TensorInfo[]) {
  const { epsilon, activation = 'linear' } = attrs as unknown as BatchNormAttrs;
  const channels = x.shape.at(-1) ?? 1;
  for (const { shape } of others) util.assertShapesMatch(shape, [channels], 'batch norm: ');
  return {
    rows: util.sizeFromShape(x.shape.slice(0, -1)),
    channels,
    epsilon,
    rectified: activation === 'relu',
  };
}
