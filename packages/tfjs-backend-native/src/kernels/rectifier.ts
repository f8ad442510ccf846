import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';

export const rectifierKernels: readonly NativeKernel[] = [
  { name: 'AddRelu', run: (call) => pairwise(call, 'addRelu', 'a', 'b') },
  { name: 'ReluGrad', run: (call) => pairwise(call, 'reluGrad', 'dy', 'y') },
];

/** Of two tensors of one shape, value by value. */
function pairwise(
  call: Call,
  kernel: 'addRelu' | 'reluGrad',
  ...[first, second]: [string, string]
): TensorInfo | undefined {
  const tensors = floatInputs(call, first, second);
  if (!tensors) return undefined;
  const [a, b] = [tensors[first]!, tensors[second]!];
  util.assertShapesMatch(a.shape, b.shape, `${kernel}: `);
  const { backend } = call;
  const { info, values } = backend.output(a.shape);
  backend.addon[kernel](backend.floats(a), backend.floats(b), values);
  return info;
}
