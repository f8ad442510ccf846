import {
  matMul,
  pad,
  reshape,
  slice,
  stridedSlice,
  type Tensor,
  transpose,
  util,
} from '@tensorflow/tfjs-core';

/*
 * Moving values along axes, each the reverse of another, in ops that every engine has and that can be
 * differentiated.
 */

/** Where values lie along one axis: at begin, begin + stride, … of `length` places. */
export interface Along {
  readonly begin: number;
  readonly stride: number;
  readonly length: number;
}

/** Puts values apart along one axis, with zeros between: the reverse of taking every stride-th. */
export function spread(x: Tensor, axis: number, { begin, stride, length }: Along): Tensor {
  const count = x.shape[axis]!;
  const outer = util.sizeFromShape(x.shape.slice(0, axis));
  const inner = util.sizeFromShape(x.shape.slice(axis + 1));
  if (stride === 1 && begin === 0 && length === count) return x;
  const spaced =
    stride === 1
      ? reshape(x, [outer, count, inner])
      : slice(
          reshape(
            pad(reshape(x, [outer * count, 1, inner]), [
              [0, 0],
              [0, stride - 1],
              [0, 0],
            ]),
            [outer, count * stride, inner],
          ),
          [0, 0, 0],
          [outer, (count - 1) * stride + 1, inner],
        );
  const placed = pad(spaced, [
    [0, 0],
    [begin, length - begin - spaced.shape[1]!],
    [0, 0],
  ]);
  return reshape(placed, [...x.shape.slice(0, axis), length, ...x.shape.slice(axis + 1)]);
}

/** `counts[i]` values of axis i, from begins[i] on, each strides[i] after the last. */
export function every(
  x: Tensor,
  begins: readonly number[],
  strides: readonly number[],
  counts: readonly number[],
): Tensor {
  if (strides.every((stride) => stride === 1)) return slice(x, [...begins], [...counts]);
  const ends = begins.map((begin, axis) => begin + (counts[axis]! - 1) * strides[axis]! + 1);
  return stridedSlice(x, [...begins], ends, [...strides]);
}

/** Σ over one axis of x with `matrix` `[from, to]`. */
export function throughMatrix(x: Tensor, axis: number, matrix: Tensor): Tensor {
  const order = [...x.shape.keys()].filter((other) => other !== axis).concat(axis);
  const last = transpose(x, order);
  const rows = reshape(last, [-1, x.shape[axis]!]);
  const shape = [...last.shape.slice(0, -1), matrix.shape[1]!];
  const back = order.map((_, position) => order.indexOf(position));
  return transpose(reshape(matMul(rows, matrix), shape), back);
}
