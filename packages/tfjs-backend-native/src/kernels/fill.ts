import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel, withShape } from '../kernel.js';

export const fillKernels: readonly NativeKernel[] = [
  {
    name: 'Fill',
    run(call) {
      const { shape, value, dtype } = call.attrs as {
        shape: number[];
        value: number | string;
        dtype?: DataType;
      };
      if ((dtype ?? util.inferDtype(value)) !== 'float32') return undefined;
      return fill(call, shape, value as number);
    },
  },
  { name: 'ZerosLike', run: (call) => fillLike(call, 0) },
  { name: 'OnesLike', run: (call) => fillLike(call, 1) },
  { name: 'AddN', run: addN },
];

function fill({ backend }: Call, shape: number[], value: number): TensorInfo {
  const { info, values } = backend.output(shape);
  values.fill(value);
  return info;
}

function fillLike(call: Call, value: number): TensorInfo | undefined {
  const x = floatInputs(call, 'x')?.x;
  return x && fill(call, x.shape, value);
}

/** One sum after the other, as in tfjs. */
function addN(call: Call): TensorInfo | undefined {
  const { backend } = call;
  const tensors = Object.values(call.inputs) as TensorInfo[];
  if (tensors.some(({ dtype }) => dtype !== 'float32')) return undefined;
  const { shape } = tensors[0]!;
  const size = util.sizeFromShape(shape);
  let sum = withShape(backend, tensors[0]!, shape);
  for (const tensor of tensors.slice(1)) {
    const { info, values } = backend.output(shape);
    if (size > 0) {
      backend.addon.binary.Add(backend.floats(sum), backend.floats(tensor), values, Int32Array.of(size, 0));
    }
    backend.disposeIntermediateTensorInfo(sum);
    sum = info;
  }
  return sum;
}
