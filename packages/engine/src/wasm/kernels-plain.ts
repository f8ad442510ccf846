import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type KernelConfig,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  type TensorInfo,
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { addressOf, floatsOf, type WasmBackend } from './heap.js';

type Shape4D = [number, number, number, number];

/**
 * Walks over all pairs of an input pixel and a filter tap that reaches it. `visit` gets the indices
 * of their first channels in x, y and w; y and w hold several channels for each of x's.
 */
function eachTap(info: backend_util.Conv2DInfo, visit: (x: number, y: number, w: number) => void): void {
  const { inChannels, outChannels, padInfo } = info;
  for (let image = 0; image < info.batchSize; image++) {
    for (let row = 0; row < info.outHeight; row++) {
      for (let column = 0; column < info.outWidth; column++) {
        const y = ((image * info.outHeight + row) * info.outWidth + column) * outChannels;
        for (let kh = 0; kh < info.filterHeight; kh++) {
          const xRow = row * info.strideHeight - padInfo.top + kh * info.dilationHeight;
          if (xRow < 0 || xRow >= info.inHeight) continue;
          for (let kw = 0; kw < info.filterWidth; kw++) {
            const xColumn = column * info.strideWidth - padInfo.left + kw * info.dilationWidth;
            if (xColumn < 0 || xColumn >= info.inWidth) continue;
            const x = ((image * info.inHeight + xRow) * info.inWidth + xColumn) * inChannels;
            visit(x, y, (kh * info.filterWidth + kw) * outChannels);
          }
        }
      }
    }
  }
}

function depthwiseInfo(
  x: number[],
  filter: number[],
  attrs: DepthwiseConv2dNativeBackpropFilterAttrs | DepthwiseConv2dNativeBackpropInputAttrs,
): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    x as Shape4D,
    filter as Shape4D,
    attrs.strides,
    attrs.dilations,
    attrs.pad as 'same',
    attrs.dimRoundingMode,
    true,
  );
}

const backFilter: KernelConfig = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend: any, attrs: given }) => {
    const backend = any as WasmBackend;
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const attrs = given as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
    const info = depthwiseInfo(x.shape, attrs.filterShape, attrs);
    const out = backend.makeOutput(info.filterShape, 'float32');
    const [dw, xs, dys] = [out, x, dy].map((tensor) => floatsOf(backend, tensor)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const multiplier = info.outChannels / info.inChannels;
    // Summed in float64: a filter has few numbers, each a sum over every pixel.
    const sums = new Float64Array(dw.length);
    eachTap(info, (xAt, yAt, wAt) => {
      for (let c = 0, o = 0; c < info.inChannels; c++) {
        const value = xs[xAt + c]!;
        for (let q = 0; q < multiplier; q++, o++) sums[wAt + o]! += value * dys[yAt + o]!;
      }
    });
    dw.set(sums);
    return out;
  },
};

const backInput: KernelConfig = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend: any, attrs: given }) => {
    const backend = any as WasmBackend;
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const attrs = given as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
    const info = depthwiseInfo(attrs.inputShape, filter.shape, attrs);
    const out = backend.makeOutput(info.inShape, 'float32');
    const [dx, dys, w] = [out, dy, filter].map((tensor) => floatsOf(backend, tensor)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const multiplier = info.outChannels / info.inChannels;
    dx.fill(0);
    eachTap(info, (xAt, yAt, wAt) => {
      for (let c = 0, o = 0; c < info.inChannels; c++) {
        let sum = 0;
        for (let q = 0; q < multiplier; q++, o++) sum += dys[yAt + o]! * w[wAt + o]!;
        dx[xAt + c]! += sum;
      }
    });
    return out;
  },
};

/** Rows of x [n, …] added up by segment; ids outside [0, numSegments) are dropped, as on cpu. */
const segmentSum: KernelConfig = {
  kernelName: UnsortedSegmentSum,
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend: any, attrs }) => {
    const backend = any as WasmBackend;
    const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
    if (x.dtype !== 'float32' && x.dtype !== 'int32') {
      throw new Error(`UnsortedSegmentSum on wasm: got ${x.dtype}, needs float32 or int32`);
    }
    const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs;
    const count = util.sizeFromShape(segmentIds.shape);
    const rest = x.shape.slice(segmentIds.shape.length);
    const width = util.sizeFromShape(rest);
    const out = backend.makeOutput([numSegments, ...rest], x.dtype);
    const heap = x.dtype === 'int32' ? backend.wasm.HEAP32 : backend.wasm.HEAPF32;
    const from = addressOf(backend, x) / 4;
    const to = addressOf(backend, out) / 4;
    const ids = addressOf(backend, segmentIds) / 4;
    heap.fill(0, to, to + numSegments * width);
    for (let i = 0; i < count; i++) {
      const id = backend.wasm.HEAP32[ids + i]!;
      if (id < 0 || id >= numSegments) continue;
      const [source, target] = [from + i * width, to + id * width];
      for (let j = 0; j < width; j++) heap[target + j]! += heap[source + j]!;
    }
    return out;
  },
};

/** The gradient goes to the first largest of each window, as on cpu; tfjs's own on wasm errs. */
const maxPoolGrad: KernelConfig = {
  kernelName: MaxPoolGrad,
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend: any, attrs }) => {
    const backend = any as WasmBackend;
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as MaxPoolGradAttrs;
    const info = backend_util.computePool2DInfo(
      input.shape as Shape4D,
      filterSize,
      strides,
      1,
      pad as 'same',
      dimRoundingMode,
    );
    const out = backend.makeOutput(input.shape, 'float32');
    const [dx, x, dys] = [out, input, dy].map((tensor) => floatsOf(backend, tensor)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const channels = info.inChannels;
    const largest = new Float32Array(channels);
    const where = new Int32Array(channels);
    let windowOf = -1;
    const settle = (): void => {
      for (let c = 0; windowOf >= 0 && c < channels; c++) dx[where[c]!]! += dys[windowOf + c]!;
    };
    dx.fill(0);
    eachTap(info, (xAt, yAt) => {
      if (yAt !== windowOf) {
        settle();
        windowOf = yAt;
        for (let c = 0; c < channels; c++) {
          largest[c] = x[xAt + c]!;
          where[c] = xAt + c;
        }
        return;
      }
      for (let c = 0; c < channels; c++) {
        if (x[xAt + c]! > largest[c]!) {
          largest[c] = x[xAt + c]!;
          where[c] = xAt + c;
        }
      }
    });
    settle();
    return out;
  },
};

export const plainKernels: readonly KernelConfig[] = [maxPoolGrad, backFilter, backInput, segmentSum];
