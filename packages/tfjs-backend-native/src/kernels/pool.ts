import { type AvgPoolAttrs, backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel, withShape } from '../kernel.js';
import { windowNumbers } from './windows.js';

export const poolKernels: readonly NativeKernel[] = [
  { name: 'MaxPool', run: (call) => pool(call, 'maxPool') },
  { name: 'AvgPool', run: (call) => pool(call, 'averagePool') },
  {
    name: 'MaxPoolGrad',
    run(call) {
      const tensors = floatInputs(call, 'input', 'dy');
      if (!tensors) return undefined;
      const { backend } = call;
      const { input, dy } = tensors;
      const info = infoOf(call, input, dy);
      const { info: dx, values } = backend.output(input.shape);
      backend.addon.maxPoolGradient(windowNumbers(info), backend.floats(input), backend.floats(dy), values);
      return dx;
    },
  },
  {
    // Divides by the whole window at a border too, as tfjs's does: whoever wants the slope of AvgPool
    // there scales dy before, which is what @pcam/engine's gradient does.
    name: 'AvgPoolGrad',
    run(call) {
      const tensors = floatInputs(call, 'input', 'dy');
      if (!tensors) return undefined;
      const { backend } = call;
      const { input, dy } = tensors;
      const info = infoOf(call, input, dy);
      const { info: dx, values } = backend.output(input.shape);
      backend.addon.averagePoolGradient(windowNumbers(info), backend.floats(dy), values);
      return dx;
    },
  },
  {
    // Of `values`, which has x's shape, what lies where each window of x has its first maximum: the slope of
    // MaxPoolGrad along dy. Not a kernel of tfjs's.
    name: 'MaxPoolPick',
    run(call) {
      const tensors = floatInputs(call, 'x', 'values');
      if (!tensors) return undefined;
      const { backend } = call;
      const { x, values } = tensors;
      util.assertShapesMatch(x.shape, values.shape, 'MaxPoolPick: ');
      const info = infoOf(call, x);
      const { info: y, values: picked } = backend.output(info.outShape);
      backend.addon.maxPoolPick(windowNumbers(info), backend.floats(x), backend.floats(values), picked);
      return y;
    },
  },
];

function pool(call: Call, name: 'maxPool' | 'averagePool'): TensorInfo | undefined {
  const tensors = floatInputs(call, 'x');
  if (!tensors) return undefined;
  const { backend } = call;
  const { x } = tensors;
  const info = infoOf(call, x);
  if (info.filterHeight === 1 && info.filterWidth === 1 && util.arraysEqual(info.inShape, info.outShape)) {
    return withShape(backend, x, x.shape);
  }
  const { info: y, values } = backend.output(info.outShape);
  backend.addon[name](windowNumbers(info), backend.floats(x), values);
  return y;
}

/** Windows over x; `dy`, where given, must be a map of them. */
function infoOf({ attrs }: Call, x: TensorInfo, dy?: TensorInfo): backend_util.Conv2DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as AvgPoolAttrs;
  const info = backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad as 'same',
    dimRoundingMode,
  );
  if (dy) util.assertShapesMatch(dy.shape, info.outShape, 'The gradient of a pooling needs its shape: ');
  return info;
}
