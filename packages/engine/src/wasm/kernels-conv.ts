import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { convolve, convolveBackFilter, convolveBackInput } from './convolution.js';
import { addressOf, type WasmBackend } from './heap.js';
import { multiply } from './product.js';

type Shape4D = [number, number, number, number];
type Attrs = Conv2DAttrs | Conv2DBackpropFilterAttrs | Conv2DBackpropInputAttrs;

function convInfo(kernel: string, x: number[], w: number[], attrs: Attrs): backend_util.Conv2DInfo {
  if (attrs.dataFormat !== 'NHWC') {
    throw new Error(`${kernel} on wasm: data format ${attrs.dataFormat} is not supported; use NHWC`);
  }
  const dilations = 'dilations' in attrs ? attrs.dilations : 1;
  return backend_util.computeConv2DInfo(
    x as Shape4D,
    w as Shape4D,
    attrs.strides,
    dilations,
    attrs.pad as 'same',
    attrs.dimRoundingMode,
  );
}

/** A 1×1 filter at stride 1: the convolution is a matrix product over all pixels. */
function isProduct(info: backend_util.Conv2DInfo): boolean {
  const { padInfo } = info;
  const pads = padInfo.top + padInfo.bottom + padInfo.left + padInfo.right;
  return info.filterHeight * info.filterWidth * info.strideHeight * info.strideWidth === 1 && pads === 0;
}

function float32(kernel: string, tensors: readonly TensorInfo[]): void {
  for (const { dtype } of tensors) {
    if (dtype !== 'float32') throw new Error(`${kernel} on wasm: got ${dtype}, needs float32`);
  }
}

const conv2D: KernelConfig = {
  kernelName: Conv2D,
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend: any, attrs }) => {
    const backend = any as WasmBackend;
    const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo };
    float32(Conv2D, [x, filter]);
    const info = convInfo(Conv2D, x.shape, filter.shape, attrs as unknown as Conv2DAttrs);
    if (!isProduct(info)) return convolve(backend, x, filter, info);
    const y = backend.makeOutput(info.outShape, 'float32');
    multiply(backend, {
      m: info.batchSize * info.inHeight * info.inWidth,
      n: info.outChannels,
      k: info.inChannels,
      a: addressOf(backend, x),
      b: addressOf(backend, filter),
      c: addressOf(backend, y),
      transposeA: false,
      transposeB: false,
    });
    return y;
  },
};

const backInput: KernelConfig = {
  kernelName: Conv2DBackpropInput,
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend: any, attrs }) => {
    const backend = any as WasmBackend;
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    float32(Conv2DBackpropInput, [dy, filter]);
    const { inputShape, ...rest } = attrs as unknown as Conv2DBackpropInputAttrs;
    const info = convInfo(Conv2DBackpropInput, inputShape, filter.shape, { inputShape, ...rest });
    if (!isProduct(info)) return convolveBackInput(backend, dy, filter, info);
    const dx = backend.makeOutput(info.inShape, 'float32');
    multiply(backend, {
      m: info.batchSize * info.inHeight * info.inWidth,
      n: info.inChannels,
      k: info.outChannels,
      a: addressOf(backend, dy),
      b: addressOf(backend, filter),
      c: addressOf(backend, dx),
      transposeA: false,
      transposeB: true,
    });
    return dx;
  },
};

const backFilter: KernelConfig = {
  kernelName: Conv2DBackpropFilter,
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend: any, attrs }) => {
    const backend = any as WasmBackend;
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    float32(Conv2DBackpropFilter, [x, dy]);
    const { filterShape, ...rest } = attrs as unknown as Conv2DBackpropFilterAttrs;
    const info = convInfo(Conv2DBackpropFilter, x.shape, filterShape, { filterShape, ...rest });
    if (!isProduct(info)) return convolveBackFilter(backend, x, dy, info);
    const dw = backend.makeOutput(info.filterShape, 'float32');
    multiply(backend, {
      m: info.inChannels,
      n: info.outChannels,
      k: info.batchSize * info.inHeight * info.inWidth,
      a: addressOf(backend, x),
      b: addressOf(backend, dy),
      c: addressOf(backend, dw),
      transposeA: true,
      transposeB: false,
    });
    return dw;
  },
};

export const convKernels: readonly KernelConfig[] = [conv2D, backInput, backFilter];
