import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';

export const layerNormKernels: readonly NativeKernel[] = [
  { name: 'LayerNorm', run: layerNorm },
  { name: 'LayerNormGrad', run: layerNormGrad },
];

function layerNorm(call: Call): TensorInfo | undefined {
  const tensors = floatInputs(call, 'x', 'weight', 'bias');
  if (!tensors) return undefined;
  const { x, weight, bias } = tensors;
  const { rows, features, epsilon } = layout(call, x, [weight, bias]);
  const { backend } = call;
  const { info, values } = backend.output(x.shape);
  backend.addon.layerNorm(
    backend.floats(x),
    backend.floats(weight),
    backend.floats(bias),
    values,
    rows,
    features,
    epsilon,
  );
  return info;
}

function layerNormGrad(call: Call): TensorInfo[] | undefined {
  const tensors = floatInputs(call, 'x', 'dy', 'weight');
  if (!tensors) return undefined;
  const { x, dy, weight } = tensors;
  const { rows, features, epsilon } = layout(call, x, [weight]);
  util.assertShapesMatch(x.shape, dy.shape, 'LayerNormGrad: ');
  const { backend } = call;
  const dx = backend.output(x.shape);
  const dWeight = backend.output([features]);
  const dBias = backend.output([features]);
  backend.addon.layerNormGrad(
    backend.floats(x),
    backend.floats(dy),
    backend.floats(weight),
    dx.values,
    dWeight.values,
    dBias.values,
    rows,
    features,
    epsilon,
  );
  return [dx.info, dWeight.info, dBias.info];
}

/** x as rows of features; everything else has one value a feature. */
function layout({ attrs }: Call, x: TensorInfo, others: readonly TensorInfo[]) {
  const { epsilon } = attrs as { epsilon: number };
  const features = x.shape.at(-1) ?? 1;
  for (const { shape } of others) util.assertShapesMatch(shape, [features], 'layer norm: ');
  return { rows: util.sizeFromShape(x.shape.slice(0, -1)), features, epsilon };
}
