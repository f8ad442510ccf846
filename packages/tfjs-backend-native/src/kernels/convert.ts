import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel, withShape } from '../kernel.js';

export const convertKernels: readonly NativeKernel[] = [
  { name: 'Cast', run: cast },
  { name: 'LogicalAnd', run: (call) => truths('LogicalAnd', call) },
  { name: 'LogicalOr', run: (call) => truths('LogicalOr', call) },
  { name: 'LogicalNot', run: not },
  { name: 'IsFinite', run: (call) => test('IsFinite', call) },
  { name: 'IsInf', run: (call) => test('IsInf', call) },
  { name: 'IsNan', run: (call) => test('IsNan', call) },
  { name: 'Select', run: select },
];

/**
 * To float32 and from it. The cpu backend's hands out whole numbers' own memory as float32, which the addon cannot
 * read.
 */
function cast(call: Call): TensorInfo | undefined {
  const { x } = call.inputs;
  const { dtype } = call.attrs as { dtype: DataType };
  const { backend } = call;
  const values = x && x.dtype !== 'complex64' && x.dtype !== 'string' ? backend.values(x) : undefined;
  if (!x || !values) return undefined;
  if (dtype === 'float32' && !(values instanceof Float32Array)) {
    const output = backend.output(x.shape);
    if (values instanceof Int32Array) backend.addon.intToFloat(values, output.values);
    else if (values instanceof Uint8Array) backend.addon.boolToFloat(values, output.values);
    else output.values.set(values as unknown as ArrayLike<number>);
    return output.info;
  }
  if (!(values instanceof Float32Array)) return undefined;
  // Also whole numbers that the cpu backend's kernel has written as floats, e.g. those of oneHot.
  if (dtype === 'float32') return { ...withShape(backend, x, x.shape), dtype };
  if (dtype === 'bool') return test('ToBool', call);
  if (dtype !== 'int32') return undefined;
  const whole = new Int32Array(values.length);
  backend.addon.floatToInt(values, whole);
  return backend.makeTensorInfo(x.shape, 'int32', whole);
}

function test(name: 'IsFinite' | 'IsInf' | 'IsNan' | 'ToBool', call: Call): TensorInfo | undefined {
  const x = floatInputs(call, 'x')?.x;
  if (!x) return undefined;
  const values = call.backend.floats(x);
  const truths = new Uint8Array(values.length);
  call.backend.addon[name](values, truths);
  return call.backend.makeTensorInfo(x.shape, 'bool', truths);
}

/** Of one shape; the copied kernel broadcasts. */
function truths(name: 'LogicalAnd' | 'LogicalOr', call: Call): TensorInfo | undefined {
  const [a, b] = [bytesOf(call, 'a'), bytesOf(call, 'b')];
  const { shape } = call.inputs.a!;
  if (!a || !b || !util.arraysEqual(shape, call.inputs.b!.shape)) return undefined;
  const values = new Uint8Array(a.length);
  call.backend.addon[name](a, b, values);
  return call.backend.makeTensorInfo(shape, 'bool', values);
}

function not(call: Call): TensorInfo | undefined {
  const x = bytesOf(call, 'x');
  if (!x) return undefined;
  const values = new Uint8Array(x.length);
  call.backend.addon.LogicalNot(x, values);
  return call.backend.makeTensorInfo(call.inputs.x!.shape, 'bool', values);
}

/**
 * The condition is of t's shape, or one for each of t's first axis, or one for all. (The cpu kernel goes wrong in
 * the second case and fills the first value only in the third.)
 */
function select(call: Call): TensorInfo | undefined {
  const tensors = floatInputs(call, 't', 'e');
  const condition = bytesOf(call, 'condition');
  if (!tensors || !condition) return undefined;
  const { t, e } = tensors;
  util.assertShapesMatch(t.shape, e.shape, 'select: ');
  const { shape } = call.inputs.condition!;
  const alone = shape.length === 1 && t.shape.length > 1 && shape[0] === t.shape[0];
  const size = util.sizeFromShape(t.shape);
  if (!util.arraysEqual(shape, t.shape) && !alone && condition.length !== 1) return undefined;
  const { backend } = call;
  const { info, values } = backend.output(t.shape);
  if (size > 0) {
    backend.addon.select(condition, backend.floats(t), backend.floats(e), values, size / condition.length);
  }
  return info;
}

function bytesOf({ inputs, backend }: Call, name: string): Uint8Array | undefined {
  const tensor = inputs[name];
  if (tensor?.dtype !== 'bool') return undefined;
  const values = backend.values(tensor);
  return values instanceof Uint8Array ? values : undefined;
}
