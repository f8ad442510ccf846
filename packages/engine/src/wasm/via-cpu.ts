import {
  findBackend,
  getKernel,
  type KernelBackend,
  type KernelConfig,
  type TensorInfo,
  type TypedArray,
} from '@tensorflow/tfjs-core';
import type { WasmBackend } from './heap.js';

/**
 * Kernels of tfjs's wasm backend that are wrong in 4.22, or missing, and that are not worth one of
 * our own (test/ops.test.ts finds them): MaxPool3D takes 0 where all of a window is negative, Prelu
 * does not broadcast its slopes, Dilation2D and the backward kernels here differ from cpu.
 */
const NAMES = [
  'Conv3DBackpropFilterV2',
  'Conv3DBackpropInputV2',
  'Dilation2D',
  'Dilation2DBackpropFilter',
  'Dilation2DBackpropInput',
  'Einsum',
  'MaxPool3D',
  'MaxPool3DGrad',
  'Prelu',
] as const;

interface CpuBackend extends KernelBackend {
  makeTensorInfo(shape: number[], dtype: string, values: TypedArray): TensorInfo;
  disposeIntermediateTensorInfo(tensor: TensorInfo): void;
}

/** Needs the cpu backend to be registered. */
export function kernelsViaCpu(): KernelConfig[] {
  return NAMES.map((kernelName) => ({ kernelName, backendName: 'wasm', kernelFunc: viaCpu(kernelName) }));
}

function viaCpu(kernelName: string): KernelConfig['kernelFunc'] {
  return ({ inputs, backend: any, attrs }) => {
    const backend = any as WasmBackend;
    const cpu = findBackend('cpu') as CpuBackend;
    const lent: TensorInfo[] = [];
    const lend = (tensor: TensorInfo): TensorInfo => {
      const values = (any as KernelBackend).readSync(tensor.dataId) as TypedArray;
      const copy = cpu.makeTensorInfo(tensor.shape, tensor.dtype, values);
      lent.push(copy);
      // Dilation2D's backward kernels ask for the rank, as a tensor has it.
      return { ...copy, rank: tensor.shape.length } as TensorInfo;
    };
    // Some kernels (Einsum) take a plain array of inputs.
    const given = Array.isArray(inputs)
      ? inputs.map(lend)
      : Object.fromEntries(
          Object.entries(inputs).map(([name, input]) => [name, input && lend(input as TensorInfo)]),
        );
    const { kernelFunc } = getKernel(kernelName, 'cpu')!;
    const result = kernelFunc({
      inputs: given as unknown as typeof inputs,
      backend: cpu,
      attrs: attrs ?? {},
    }) as TensorInfo;
    const out = backend.makeOutput(result.shape, result.dtype);
    const values = cpu.readSync(result.dataId) as TypedArray;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    backend.wasm.HEAPU8.set(bytes, backend.dataIdMap.get(out.dataId).memoryOffset >>> 0);
    for (const tensor of [...lent, result]) cpu.disposeIntermediateTensorInfo(tensor);
    return out;
  };
}
