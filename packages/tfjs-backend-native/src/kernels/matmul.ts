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
  const batchShape = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const batch = util.sizeFromShape(batchShape);
  if (bias && util.sizeFromShape(bias.shape) !== n) return undefined;
  const { backend } = call;
  const { info, values } = backend.output([...batchShape, m, n]);
  const side = (tensor: TensorInfo): Side => {
    const own = tensor.shape.slice(0, -2);
    return { values: backend.floats(tensor), batchShape: own, batch: util.sizeFromShape(own) };
  };
  const [left, right] = [side(a), side(b)];
  const multiply = (x: Float32Array, y: Float32Array, product: Float32Array, count: number): void =>
    backend.addon.matmul(
      x,
      y,
      bias ? backend.floats(bias) : null,
      product,
      count,
      m,
      n,
      k,
      count > 1 && left.batch === 1,
      count > 1 && right.batch === 1,
      transposeA,
      transposeB,
      code,
    );
  if ([left, right].every((own) => own.batch === batch || own.batch === 1)) {
    multiply(left.values, right.values, values, batch);
    return info;
  }
  // Some axes repeated, others not (which tfjs's cpu backend gets wrong): one product after the other.
  for (let index = 0; index < batch; index++) {
    const x = matrix(left, index, batchShape, m * k);
    const y = matrix(right, index, batchShape, k * n);
    multiply(x, y, values.subarray(index * m * n, (index + 1) * m * n), 1);
  }
  return info;
}

interface Side {
  readonly values: Float32Array;
  readonly batchShape: readonly number[];
  readonly batch: number;
}

/** The matrix that a side has for one of the broadcast batch. */
function matrix(side: Side, index: number, batchShape: readonly number[], size: number): Float32Array {
  let [rest, at, stride] = [index, 0, 1];
  for (let axis = batchShape.length - 1; axis >= 0; axis--) {
    const own = side.batchShape[axis - batchShape.length + side.batchShape.length] ?? 1;
    if (own > 1) at += (rest % batchShape[axis]!) * stride;
    stride *= own;
    rest = Math.floor(rest / batchShape[axis]!);
  }
  return side.values.subarray(at * size, (at + 1) * size);
}
