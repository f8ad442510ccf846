import {
  add,
  addN,
  type DepthToSpaceAttrs,
  type GatherV2Attrs,
  type GradConfig,
  gatherND,
  type MirrorPadAttrs,
  mul,
  pad,
  range,
  reshape,
  reverse,
  type StridedSliceAttrs,
  scalar,
  scatterND,
  slice_util,
  split,
  type Tensor,
  type Tensor1D,
  transpose,
  unsortedSegmentSum,
  util,
} from '@tensorflow/tfjs-core';
import { flat, ofInputs } from './of-inputs.js';
import { spread } from './spread.js';

const stridedSlice = ofInputs<StridedSliceAttrs>('StridedSlice', ['x'], (dy, [x], attrs) => ({
  x: () => {
    const { begin, end, strides } = slice_util.sliceInfo(
      x!.shape,
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    const backwards = [...strides.keys()].filter((axis) => strides[axis]! < 0);
    const counts = begin.map((first, axis) => Math.ceil((end[axis]! - first) / strides[axis]!));
    const ahead = reshape(dy, counts);
    return x!.shape.reduce(
      (values, length, axis) => {
        const [first, step] = [begin[axis]!, strides[axis]!];
        const low = step < 0 ? first + (counts[axis]! - 1) * step : first;
        return spread(values, axis, { begin: low, stride: Math.abs(step), length });
      },
      backwards.length > 0 ? reverse(ahead, backwards) : ahead,
    );
  },
}));

/** tfjs's leaves out what the mirrored pixels contribute. */
export const mirrorPad: GradConfig = ofInputs<MirrorPadAttrs>(
  'MirrorPad',
  ['x'],
  (dy, [x], { paddings, mode }) => ({
    x: () =>
      x!.shape.reduce((values, length, axis) => {
        const [before, after] = paddings[axis]!;
        if (before + after === 0) return values;
        const skipped = mode === 'reflect' ? 1 : 0;
        const [head, middle, tail] = split(values, [before, length, after], axis) as [Tensor, Tensor, Tensor];
        const mirrored = (part: Tensor, start: number, size: number): Tensor => {
          const around = values.shape.map((): [number, number] => [0, 0]);
          around[axis] = [start, length - start - size];
          return pad(reverse(part, axis), around);
        };
        return addN([
          middle,
          ...(before > 0 ? [mirrored(head, skipped, before)] : []),
          ...(after > 0 ? [mirrored(tail, length - skipped - after, after)] : []),
        ]);
      }, dy),
  }),
);

/** tfjs's takes one batch axis at most, and the indices for their own gradient. */
const gather = ofInputs<GatherV2Attrs>('GatherV2', ['x', 'indices'], (dy, [x, indices], attrs) => ({
  x: () => {
    const axis = util.parseAxisParam(attrs.axis, x!.shape)[0]!;
    const batchDims = (attrs.batchDims + indices!.rank) % indices!.rank || 0;
    const size = (from: number, to?: number): number => util.sizeFromShape(x!.shape.slice(from, to));
    const [batch, outer, inner] = [size(0, batchDims), size(batchDims, axis), size(axis + 1)];
    const length = x!.shape[axis]!;
    const picked = indices!.size / batch;
    // Rows are picked from [batch · length, outer · inner].
    const swapped = (values: Tensor, a: number, b: number): Tensor =>
      outer === 1 ? values : transpose(reshape(values, [batch, a, b, inner]), [0, 2, 1, 3]);
    const rows = reshape(swapped(dy, outer, picked), [batch * picked, outer * inner]);
    const within = reshape(indices!, [batch, picked]);
    const starts = (): Tensor =>
      mul(reshape(range(0, batch, 1, 'int32'), [batch, 1]), scalar(length, 'int32'));
    const places = batch === 1 ? within : add(within, starts());
    const sums = unsortedSegmentSum(rows, reshape(places, [-1]) as Tensor1D, batch * length);
    return reshape(swapped(sums, length, outer), x!.shape);
  },
  indices: flat(indices!),
}));

/** tfjs has none. */
export const gatherNd: GradConfig = ofInputs('GatherNd', ['params', 'indices'], (dy, [params, indices]) => ({
  params: () => scatterND(indices!, dy, params!.shape as [number]),
  indices: flat(indices!),
}));

const scatterNd = ofInputs('ScatterNd', ['indices'], (dy, [indices]) => ({
  updates: () => gatherND(dy, indices!),
  indices: flat(indices!),
}));

/**
 * tfjs has none.
 * @throws Error for channels first, which no backend computes either.
 */
export const depthToSpace: GradConfig = ofInputs<DepthToSpaceAttrs>(
  'DepthToSpace',
  ['x'],
  (dy, [x], attrs) => {
    const { blockSize: size, dataFormat } = attrs;
    if (dataFormat !== 'NHWC') throw new Error(`gradient of depthToSpace: got ${dataFormat}, needs NHWC`);
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    return {
      x: () => {
        const cells = reshape(dy, [batch, height, size, width, size, -1]);
        return reshape(transpose(cells, [0, 1, 3, 2, 4, 5]), [batch, height, width, channels]);
      },
    };
  },
);

export const moving: readonly GradConfig[] = [gather, gatherNd, mirrorPad, scatterNd, stridedSlice];
