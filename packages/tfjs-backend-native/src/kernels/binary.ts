import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { ArithmeticName, ComparisonName } from '../addon-elementwise.js';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';
import { broadcast } from './broadcast.js';

/** Each kernel's two operands, by the names that tfjs gives them. */
const ARITHMETIC: Readonly<Record<ArithmeticName, readonly [a: string, b: string]>> = {
  Add: ['a', 'b'],
  EluGrad: ['dy', 'y'],
  GeluGrad: ['x', 'dy'],
  Maximum: ['a', 'b'],
  Minimum: ['a', 'b'],
  Multiply: ['a', 'b'],
  Pow: ['a', 'b'],
  Prelu: ['x', 'alpha'],
  RealDiv: ['a', 'b'],
  SquaredDifference: ['a', 'b'],
  Sub: ['a', 'b'],
};

const COMPARISONS: readonly ComparisonName[] = [
  'Equal',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'NotEqual',
];

export const binaryKernels: readonly NativeKernel[] = [
  ...(Object.entries(ARITHMETIC) as [ArithmeticName, [string, string]][]).map(([name, operands]) => ({
    name,
    run: (call: Call) => arithmetic(name, operands, call),
  })),
  ...COMPARISONS.map((name) => ({ name, run: (call: Call) => compare(name, call) })),
];

function arithmetic(
  name: ArithmeticName,
  [left, right]: readonly [string, string],
  call: Call,
): TensorInfo | undefined {
  const tensors = floatInputs(call, left, right);
  if (!tensors) return undefined;
  const [a, b] = [tensors[left]!, tensors[right]!];
  const { backend } = call;
  const { shape, groups } = broadcast(a.shape, b.shape);
  const { info, values } = backend.output(shape);
  if (values.length > 0) backend.addon.binary[name](backend.floats(a), backend.floats(b), values, groups);
  return info;
}

function compare(name: ComparisonName, call: Call): TensorInfo | undefined {
  const tensors = floatInputs(call, 'a', 'b');
  if (!tensors) return undefined;
  const { a, b } = tensors;
  const { backend } = call;
  const { shape, groups } = broadcast(a.shape, b.shape);
  const values = new Uint8Array(util.sizeFromShape(shape));
  if (values.length > 0) backend.addon.binary[name](backend.floats(a), backend.floats(b), values, groups);
  return backend.makeTensorInfo(shape, 'bool', values);
}
