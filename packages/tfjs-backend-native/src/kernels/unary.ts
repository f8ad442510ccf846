import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { UnaryName } from '../addon-elementwise.js';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';

const PLAIN: readonly UnaryName[] = [
  'Abs',
  'Ceil',
  'Cos',
  'Elu',
  'Erf',
  'Exp',
  'Expm1',
  'Floor',
  'Gelu',
  'Log',
  'Log1p',
  'Neg',
  'Reciprocal',
  'Relu',
  'Relu6',
  'Round',
  'Rsqrt',
  'Selu',
  'Sigmoid',
  'Sign',
  'Sin',
  'Softplus',
  'Sqrt',
  'Square',
  'Tanh',
];

/** The one or two numbers that an op takes beside x, out of its attributes. */
const NUMBERS: Readonly<Partial<Record<UnaryName, readonly string[]>>> = {
  ClipByValue: ['clipValueMin', 'clipValueMax'],
  LeakyRelu: ['alpha'],
  Step: ['alpha'],
};

export const unaryKernels: readonly NativeKernel[] = [
  ...PLAIN.map((name) => ({ name, run: (call: Call) => unary(name, call, 0, 0) })),
  ...(Object.entries(NUMBERS) as [UnaryName, string[]][]).map(([name, attributes]) => ({
    name,
    run: (call: Call) => unary(name, call, ...numbers(call.attrs, attributes)),
  })),
];

function numbers(attrs: NamedAttrMap, names: readonly string[]): [number, number] {
  const [first = 0, second = 0] = names.map((name) => attrs[name] as number);
  return [first, second];
}

function unary(name: UnaryName, call: Call, first: number, second: number): TensorInfo | undefined {
  const x = floatInputs(call, 'x')?.x;
  if (!x) return undefined;
  const { backend } = call;
  const { info, values } = backend.output(x.shape);
  backend.addon.unary[name](backend.floats(x), values, first, second);
  return info;
}
