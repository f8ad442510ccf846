import {
  AvgPool,
  type AvgPoolAttrs,
  backend_util,
  Cast,
  type CastAttrs,
  DepthwiseConv2dNative,
  FusedConv2D,
  type FusedConv2DAttrs,
  FusedDepthwiseConv2D,
  Identity,
  type KernelFunc,
  MaxPool,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmBackend } from './heap.js';

/** A kernel of tfjs's that is replaced where it is slow or wrong; the rest goes on to it. */
export interface Override {
  readonly kernelName: string;
  readonly around: (original: KernelFunc) => KernelFunc;
}

/** The same data under another tensor, as tfjs's cpu backend does it; tfjs's wasm backend copies. */
function share({ dataId, shape, dtype }: TensorInfo, backend: WasmBackend): TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}

const identity: Override = {
  kernelName: Identity,
  around: (original) => (args) => {
    const x = args.inputs.x as TensorInfo;
    return x.dtype === 'string' ? original(args) : share(x, args.backend as WasmBackend);
  },
};

const cast: Override = {
  kernelName: Cast,
  around: (original) => (args) => {
    const x = args.inputs.x as TensorInfo;
    const same = x.dtype === (args.attrs as unknown as CastAttrs).dtype && x.dtype !== 'string';
    return same ? share(x, args.backend as WasmBackend) : original(args);
  },
};

/**
 * tfjs passes the padding `same` on as a word, and XNNPACK then pads other sides than TensorFlow
 * for some shapes (2×1 filter, stride 2, 3×2 image); given in numbers, the padding is right.
 */
function paddedInNumbers(kernelName: string, depthwise: boolean): Override {
  return {
    kernelName,
    around: (original) => (args) => {
      const { x, filter } = args.inputs as { x: TensorInfo; filter: TensorInfo };
      const attrs = args.attrs as unknown as FusedConv2DAttrs;
      if (attrs.pad !== 'same') return original(args);
      const { padInfo } = backend_util.computeConv2DInfo(
        x.shape as [number, number, number, number],
        filter.shape as [number, number, number, number],
        attrs.strides,
        attrs.dilations ?? [1, 1],
        'same',
        attrs.dimRoundingMode,
        depthwise,
      );
      const { top, bottom, left, right } = padInfo;
      const pad = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return original({ ...args, attrs: { ...args.attrs, pad } });
    },
  };
}

/** tfjs takes the border for windows that fit entirely, and leaves the others out, where their number is rounded up. */
function withWholeWindows(kernelName: string): Override {
  return {
    kernelName,
    around: (original) => (args) => {
      const { shape } = args.inputs.x as TensorInfo;
      const { filterSize, strides, pad, dimRoundingMode } = args.attrs as unknown as AvgPoolAttrs;
      if (!dimRoundingMode) return original(args);
      const of = backend_util.computePool2DInfo(
        shape as [number, number, number, number],
        filterSize,
        strides,
        1,
        pad as 'same',
        dimRoundingMode,
      );
      const { top, left } = of.padInfo;
      const bottom = (of.outHeight - 1) * of.strideHeight + of.filterHeight - of.inHeight - top;
      const right = (of.outWidth - 1) * of.strideWidth + of.filterWidth - of.inWidth - left;
      const border = [
        [0, 0],
        [top, Math.max(bottom, 0)],
        [left, Math.max(right, 0)],
        [0, 0],
      ];
      return original({ ...args, attrs: { ...args.attrs, pad: border, dimRoundingMode: 'floor' } });
    },
  };
}

export const overrides: readonly Override[] = [
  identity,
  cast,
  withWholeWindows(AvgPool),
  withWholeWindows(MaxPool),
  paddedInNumbers(FusedConv2D, false),
  paddedInNumbers(DepthwiseConv2dNative, true),
  paddedInNumbers(FusedDepthwiseConv2D, true),
];
