import {
  _FusedMatMul,
  Add,
  BatchMatMul,
  type BatchMatMulAttrs,
  broadcast_util,
  type _FusedMatMulAttrs as FusedAttrs,
  getKernel,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { addressOf, type WasmBackend } from './heap.js';
import { multiply } from './product.js';

/** a·b over the last two axes, either transposed, the axes before them broadcast. */
function matMul(
  backend: WasmBackend,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: BatchMatMulAttrs,
): TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') {
    throw new Error(`matMul on wasm: got ${a.dtype} and ${b.dtype}, needs float32`);
  }
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [depth, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (k !== depth) {
    throw new Error(
      `matMul on wasm: inner sizes ${k} and ${depth} differ, of shapes [${a.shape}] and [${b.shape}]` +
        ` with transposeA ${transposeA} and transposeB ${transposeB}`,
    );
  }
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const c = backend.makeOutput([...batch, m, n], 'float32');
  const [aOf, bOf] = [batchIndex(aBatch, batch), batchIndex(bBatch, batch)];
  for (let i = 0; i < util.sizeFromShape(batch); i++) {
    multiply(backend, {
      m,
      n,
      k,
      a: addressOf(backend, a) + aOf(i) * m * k * 4,
      b: addressOf(backend, b) + bOf(i) * k * n * 4,
      c: addressOf(backend, c) + i * m * n * 4,
      transposeA,
      transposeB,
    });
  }
  return c;
}

/** Which matrix of a batch belongs to each of the broadcast result. */
function batchIndex(own: number[], result: number[]): (i: number) => number {
  const size = util.sizeFromShape(own);
  if (size === util.sizeFromShape(result)) return (i) => i;
  if (size === 1) return () => 0;
  const padded = [...new Array<number>(result.length - own.length).fill(1), ...own];
  const strides = [...util.computeStrides(result), 1];
  const ownStrides = [...util.computeStrides(padded), 1];
  return (i) =>
    padded.reduce((sum, width, axis) => {
      const at = Math.floor(i / strides[axis]!) % result[axis]!;
      return sum + (width === 1 ? 0 : at * ownStrides[axis]!);
    }, 0);
}

const batchMatMul: KernelConfig = {
  kernelName: BatchMatMul,
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    return matMul(backend as WasmBackend, a, b, attrs as unknown as BatchMatMulAttrs);
  },
};

/** matMul with bias and activation: the product is ours, what follows is tfjs's own kernels. */
const fusedMatMul: KernelConfig = {
  kernelName: _FusedMatMul,
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend: any, attrs }) => {
    const backend = any as WasmBackend;
    const { a, b, bias, preluActivationWeights } = inputs as Record<string, TensorInfo>;
    const { activation, leakyreluAlpha, ...transposes } = attrs as unknown as FusedAttrs;
    let result = matMul(backend, a!, b!, transposes);
    const then = (
      kernelName: string,
      more: Record<string, TensorInfo>,
      own: string,
      extra: object = {},
    ): void => {
      const { kernelFunc } = getKernel(kernelName, 'wasm') as { kernelFunc: KernelFunc };
      const next = kernelFunc({ inputs: { [own]: result, ...more }, backend: any, attrs: { ...extra } });
      if ((next as TensorInfo).dataId !== result.dataId) backend.disposeData(result.dataId);
      result = next as TensorInfo;
    };
    if (bias) then(Add, { b: bias }, 'a');
    const name = activation ?? 'linear';
    if (name === 'prelu') then('Prelu', { alpha: preluActivationWeights! }, 'x');
    else if (name === 'leakyrelu') then('LeakyRelu', {}, 'x', { alpha: leakyreluAlpha });
    else if (name !== 'linear') then(name[0]!.toUpperCase() + name.slice(1), {}, 'x');
    return result;
  },
};

export const matMulKernels: readonly KernelConfig[] = [batchMatMul, fusedMatMul];
