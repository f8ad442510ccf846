import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';

export const softmaxKernels: readonly NativeKernel[] = [
  { name: 'Softmax', run: softmax },
  { name: 'SoftmaxGrad', run: softmaxGrad },
];

/** Undefined for an axis that is not the last: the copied kernel says that tfjs has none. */
function softmax(call: Call): TensorInfo | undefined {
  const logits = floatInputs(call, 'logits')?.logits;
  const { dim } = call.attrs as { dim: number };
  if (!logits || (dim !== -1 && dim !== logits.shape.length - 1)) return undefined;
  const [rows, n] = rowsOf(logits);
  if (rows * n === 0) return undefined;
  const { backend } = call;
  const { info, values } = backend.output(logits.shape);
  backend.addon.softmax(backend.floats(logits), values, rows, n);
  return info;
}

/** Of a softmax along the last axis: inputs y, what it gave, and dy. */
function softmaxGrad(call: Call): TensorInfo | undefined {
  const tensors = floatInputs(call, 'y', 'dy');
  if (!tensors) return undefined;
  const { y, dy } = tensors;
  util.assertShapesMatch(y.shape, dy.shape, 'SoftmaxGrad: y and dy: ');
  const [rows, n] = rowsOf(y);
  const { backend } = call;
  const { info, values } = backend.output(y.shape);
  if (rows * n > 0) backend.addon.softmaxGrad(backend.floats(y), backend.floats(dy), values, rows, n);
  return info;
}

function rowsOf({ shape }: TensorInfo): [rows: number, n: number] {
  return [util.sizeFromShape(shape.slice(0, -1)), shape.at(-1) ?? 1];
}
