import {
  type BatchToSpaceNDAttrs,
  backend_util,
  type DepthToSpaceAttrs,
  type SpaceToBatchNDAttrs,
  slice_util,
  type TensorInfo,
  type TransposeAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../backend.js';
import { type NativeKernel, withShape } from '../kernel.js';
import { elementsOf, gathered, stridesOf } from './elements.js';
import { padded } from './pad.js';
import { sliced } from './slice.js';

export const transposeKernels: readonly NativeKernel[] = [
  {
    name: 'Transpose',
    run({ inputs, attrs, backend }) {
      return transposed(backend, inputs.x!, (attrs as unknown as TransposeAttrs).perm);
    },
  },
  {
    name: 'DepthToSpace',
    run({ inputs, attrs, backend }) {
      const x = inputs.x!;
      const { blockSize: size, dataFormat } = attrs as unknown as DepthToSpaceAttrs;
      if (dataFormat !== 'NHWC') return undefined;
      const [batch, height, width, channels] = x.shape as [number, number, number, number];
      const depth = channels / size ** 2;
      return permuted(
        backend,
        x,
        [batch, height, width, size, size, depth],
        [0, 1, 3, 2, 4, 5],
        [batch, height * size, width * size, depth],
      );
    },
  },
  {
    name: 'SpaceToBatchND',
    run({ inputs, attrs, backend }) {
      const x = inputs.x!;
      const { blockShape, paddings } = attrs as unknown as SpaceToBatchNDAttrs;
      const around = x.shape.map((_, axis): [number, number] => {
        const [before, after] = paddings[axis - 1] ?? [0, 0];
        return [before!, after!];
      });
      const wide = padded(backend, x, around, 0);
      if (!wide) return undefined;
      const cells = util.sizeFromShape(blockShape);
      const split = backend_util.getReshaped(wide.shape, blockShape, cells, false);
      const perm = backend_util.getPermuted(split.length, blockShape.length, false);
      const shape = backend_util.getReshapedPermuted(wide.shape, blockShape, cells, false);
      const result = permuted(backend, wide, split, perm, shape);
      backend.disposeIntermediateTensorInfo(wide);
      return result;
    },
  },
  {
    name: 'BatchToSpaceND',
    run({ inputs, attrs, backend }) {
      const x = inputs.x!;
      const { blockShape, crops } = attrs as unknown as BatchToSpaceNDAttrs;
      const cells = util.sizeFromShape(blockShape);
      const split = backend_util.getReshaped(x.shape, blockShape, cells);
      const perm = backend_util.getPermuted(split.length, blockShape.length);
      const shape = backend_util.getReshapedPermuted(x.shape, blockShape, cells);
      const whole = permuted(backend, x, split, perm, shape);
      if (!whole) return undefined;
      const [begin, size] = slice_util.parseSliceParams(
        whole as never,
        backend_util.getSliceBeginCoords(crops, blockShape.length),
        backend_util.getSliceSize(shape, crops, blockShape.length),
      );
      const result = sliced(backend, whole, begin!, size!);
      backend.disposeIntermediateTensorInfo(whole);
      return result;
    },
  },
];

function transposed(backend: NativeBackend, x: TensorInfo, perm: readonly number[]): TensorInfo | undefined {
  return permuted(
    backend,
    x,
    x.shape,
    perm,
    perm.map((axis) => x.shape[axis]!),
  );
}

/** x seen as `split`, its axes permuted, seen as `shape`. */
function permuted(
  backend: NativeBackend,
  x: TensorInfo,
  split: readonly number[],
  perm: readonly number[],
  shape: number[],
): TensorInfo | undefined {
  const values = elementsOf(backend, x);
  if (!values || perm.length > 16) return undefined;
  const long = perm.filter((axis) => split[axis] !== 1);
  if (long.every((axis, i) => i === 0 || long[i - 1]! < axis)) return withShape(backend, x, shape);
  const steps = stridesOf(split);
  const sizes = perm.map((axis) => split[axis]!);
  const result = gathered(backend, values, x.dtype, sizes, { strides: perm.map((axis) => steps[axis]!) });
  return { ...result, shape };
}
