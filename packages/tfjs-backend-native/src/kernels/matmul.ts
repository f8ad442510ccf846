import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';

/** Activations that the addon applies while it writes, by tfjs's names. */
export const FUSED_ACTIVATIONS: readonly string[] = ['linear', 'relu', 'relu6'];

export const matmulKernels: readonly NativeKernel[] = [
  { name: 'BatchMatMul', run: (call) => matmul(call, 'linear') },
  {
    name: '_FusedMatMul',
    run(call) {
      const { bias, preluActivationWeights } = call.inputs;
      const { activation } = call.attrs as { activation: string | null };
      if (preluActivationWeights || (bias && bias.dtype !== 'float32')) return undefined;
      return matmul(call, activation ?? 'linear', bias);
    },
  },
];

function matmul(call: Call, activation: string, bias?: TensorInfo): TensorInfo | undefined {
  const code = FUSED_ACTIVATIONS.indexOf(activation);
  const tensors = floatInputs(call, 'a', 'b');
  if (!tensors || code === -1) return undefined;
  const { a, b } = tensors;
  const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [inner, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  util.assert(
    k === inner,
    () => `matMul: inner sizes ${k} and ${inner} of shapes [${a.shape}] and [${b.shape}] differ`,
  );
  const aBatch = util.sizeFromShape(a.shape.slice(0, -2));
  const bBatch = util.sizeFromShape(b.shape.slice(0, -2));
  const batchShape = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const batch = util.sizeFromShape(batchShape);
  // Only one matrix for all, or one for each: anything between is left to the copied kernel.
  if ((aBatch !== batch && aBatch !== 1) || (bBatch !== batch && bBatch !== 1)) return undefined;
  if (bias && util.sizeFromShape(bias.shape) !== n) return undefined;
  const { backend } = call;
  const { info, values } = backend.output([...batchShape, m, n]);
  backend.addon.matmul(
    backend.floats(a),
    backend.floats(b),
    bias ? backend.floats(bias) : null,
    values,
    batch,
    m,
    n,
    k,
    aBatch === 1 && batch > 1,
    bBatch === 1 && batch > 1,
    transposeA,
    transposeB,
    code,
  );
  return info;
}
