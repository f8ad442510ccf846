import {
  backend_util,
  type ReverseAttrs,
  type SliceAttrs,
  type SplitVAttrs,
  type StridedSliceAttrs,
  slice_util,
  type TensorInfo,
  type TileAttrs,
  type UnpackAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../backend.js';
import { type NativeKernel, withShape } from '../kernel.js';
import { elementsOf, gathered, stridesOf } from './elements.js';

/** Copies, where the cpu backend's kernels hand out views of x's memory. */
export const sliceKernels: readonly NativeKernel[] = [
  {
    name: 'Slice',
    run({ inputs, attrs, backend }) {
      const x = inputs.x!;
      const given = attrs as unknown as SliceAttrs;
      const [begin, size] = slice_util.parseSliceParams(x as never, given.begin, given.size);
      slice_util.assertParamsValid(x as never, begin!, size!);
      return sliced(backend, x, begin!, size!);
    },
  },
  {
    name: 'StridedSlice',
    run({ inputs, attrs, backend }) {
      const x = inputs.x!;
      const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } =
        attrs as unknown as StridedSliceAttrs;
      const info = slice_util.sliceInfo(
        x.shape,
        begin,
        end,
        strides,
        beginMask,
        endMask,
        ellipsisMask,
        newAxisMask,
        shrinkAxisMask,
      );
      if (info.isIdentity) return withShape(backend, x, info.finalShape);
      const sizes = slice_util.computeOutShape(info.begin, info.end, info.strides);
      const result = sliced(
        backend,
        x,
        info.begin,
        sizes.map((size) => Math.max(0, size)),
        info.strides,
      );
      return result && { ...result, shape: info.finalShape };
    },
  },
  {
    name: 'SplitV',
    run({ inputs, attrs, backend }) {
      const x = inputs.x!;
      const { numOrSizeSplits, axis } = attrs as unknown as SplitVAttrs;
      const along = util.parseAxisParam(axis, x.shape)[0]!;
      return parts(backend, x, along, backend_util.prepareSplitSize(x as never, numOrSizeSplits, along));
    },
  },
  {
    name: 'Unpack',
    run({ inputs, attrs, backend }) {
      const x = inputs.value!;
      const { axis } = attrs as unknown as UnpackAttrs;
      const along = axis < 0 ? axis + x.shape.length : axis;
      const shape = x.shape.filter((_, i) => i !== along);
      return parts(backend, x, along, new Array<number>(x.shape[along]!).fill(1))?.map((part) => ({
        ...part,
        shape,
      }));
    },
  },
  {
    name: 'Reverse',
    run({ inputs, attrs, backend }) {
      const x = inputs.x!;
      const values = elementsOf(backend, x);
      if (!values) return undefined;
      if (x.shape.length === 0) return withShape(backend, x, []);
      const axes = util.parseAxisParam((attrs as unknown as ReverseAttrs).dims, x.shape);
      const strides = stridesOf(x.shape);
      let offset = 0;
      for (const axis of axes) {
        offset += (x.shape[axis]! - 1) * strides[axis]!;
        strides[axis]! *= -1;
      }
      return gathered(backend, values, x.dtype, x.shape, { offset, strides });
    },
  },
  {
    name: 'Tile',
    run({ inputs, attrs, backend }) {
      const x = inputs.x!;
      const { reps } = attrs as unknown as TileAttrs;
      const values = elementsOf(backend, x);
      if (!values || reps.length !== x.shape.length || reps.length > 8) return undefined;
      // Each axis in two: which repetition, which place in it.
      const sizes = x.shape.flatMap((size, axis) => [reps[axis]!, size]);
      const strides = stridesOf(x.shape).flatMap((stride) => [0, stride]);
      const tiled = gathered(backend, values, x.dtype, sizes, { strides });
      return { ...tiled, shape: x.shape.map((size, axis) => size * reps[axis]!) };
    },
  },
];

/** The elements begin + i · step of each axis; x itself where that is all of it. */
export function sliced(
  backend: NativeBackend,
  x: TensorInfo,
  begin: readonly number[],
  size: number[],
  step: readonly number[] = size.map(() => 1),
): TensorInfo | undefined {
  const values = elementsOf(backend, x);
  if (!values) return undefined;
  if (util.arraysEqual(size, x.shape) && step.every((s, axis) => s === 1 || size[axis] === 1)) {
    return withShape(backend, x, size);
  }
  const strides = stridesOf(x.shape);
  const offset = begin.reduce((sum, at, axis) => sum + at * strides[axis]!, 0);
  return gathered(backend, values, x.dtype, size, {
    offset,
    strides: strides.map((stride, axis) => stride * step[axis]!),
  });
}

function parts(
  backend: NativeBackend,
  x: TensorInfo,
  axis: number,
  lengths: readonly number[],
): TensorInfo[] | undefined {
  if (!elementsOf(backend, x)) return undefined;
  let start = 0;
  return lengths.map((length) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    start += length;
    return sliced(backend, x, begin, x.shape.with(axis, length))!;
  });
}
