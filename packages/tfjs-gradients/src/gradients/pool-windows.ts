import { type AvgPool3DAttrs, type AvgPoolAttrs, backend_util } from '@tensorflow/tfjs-core';
import type { Axis, Windows } from './windows.js';

export type Pool2D = Pick<AvgPoolAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;
export type Pool3D = Pick<AvgPool3DAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;

/** Where the windows of a pooling of maps `[B, H, W, C]` lie. */
export function windows2d(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: Pool2D,
): Windows {
  const of = backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad as 'same',
    dimRoundingMode,
  );
  return [
    axis(of.filterHeight, of.strideHeight, of.padInfo.top, of.outHeight),
    axis(of.filterWidth, of.strideWidth, of.padInfo.left, of.outWidth),
  ];
}

/** Where the windows of a pooling of volumes `[B, D, H, W, C]` lie. */
export function windows3d(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: Pool3D,
): Windows {
  const of = backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize as [number, number, number],
    strides,
    1,
    pad as 'same',
    dimRoundingMode,
  );
  return [
    axis(of.filterDepth, of.strideDepth, of.padInfo.front, of.outDepth),
    axis(of.filterHeight, of.strideHeight, of.padInfo.top, of.outHeight),
    axis(of.filterWidth, of.strideWidth, of.padInfo.left, of.outWidth),
  ];
}

function axis(size: number, stride: number, before: number, count: number): Axis {
  return { size, stride, before, count, dilation: 1 };
}
