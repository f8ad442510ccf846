import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeBackend } from './backend.js';

export interface Call {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: NativeBackend;
}

/** A kernel that the addon computes. */
export interface NativeKernel {
  readonly name: string;
  /** Undefined hands the call on to the kernel copied from the cpu backend, e.g. for another dtype. */
  run(call: Call): TensorInfo | TensorInfo[] | undefined;
}

/** The named inputs, or undefined where one is missing or not float32: the copied kernel then takes the call. */
export function floatInputs<Names extends string>(
  { inputs }: Call,
  ...names: Names[]
): Record<Names, TensorInfo> | undefined {
  for (const name of names) {
    if (inputs[name]?.dtype !== 'float32') return undefined;
  }
  return inputs as Record<Names, TensorInfo>;
}

/** The same data under another shape. */
export function withShape(backend: NativeBackend, tensor: TensorInfo, shape: number[]): TensorInfo {
  backend.incRef(tensor.dataId);
  return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
}
