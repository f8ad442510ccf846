import {
  backend_util,
  type DepthwiseConv2dNativeAttrs,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type FusedDepthwiseConv2DAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';
import { FUSED_ACTIVATIONS } from './matmul.js';
import { windowNumbers } from './windows.js';

type Shape4D = [number, number, number, number];
type Attrs = Pick<DepthwiseConv2dNativeAttrs, 'strides' | 'pad' | 'dilations' | 'dimRoundingMode'>;

/** One filter for each channel; several for one channel are left to the copied kernels. */
export const depthwiseKernels: readonly NativeKernel[] = [
  { name: 'DepthwiseConv2dNative', run: (call) => forward(call, 'linear') },
  {
    name: 'FusedDepthwiseConv2D',
    run(call) {
      const { bias, preluActivationWeights } = call.inputs;
      const { activation } = call.attrs as unknown as FusedDepthwiseConv2DAttrs;
      if (preluActivationWeights || (bias && bias.dtype !== 'float32')) return undefined;
      return forward(call, activation ?? 'linear', bias);
    },
  },
  {
    name: 'DepthwiseConv2dNativeBackpropInput',
    run(call) {
      const tensors = floatInputs(call, 'dy', 'filter');
      if (!tensors) return undefined;
      const { backend } = call;
      const { dy, filter } = tensors;
      const attrs = call.attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
      const info = infoOf(attrs.inputShape, filter.shape, attrs);
      if (info.outChannels !== info.inChannels) return undefined;
      util.assertShapesMatch(dy.shape, info.outShape, 'The gradient of a convolution needs its shape: ');
      const { info: dx, values } = backend.output(info.inShape);
      backend.addon.depthwiseInputGradient(
        windowNumbers(info),
        backend.floats(dy),
        backend.floats(filter),
        values,
      );
      return dx;
    },
  },
  {
    name: 'DepthwiseConv2dNativeBackpropFilter',
    run(call) {
      const tensors = floatInputs(call, 'x', 'dy');
      if (!tensors) return undefined;
      const { backend } = call;
      const { x, dy } = tensors;
      const attrs = call.attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
      const info = infoOf(x.shape, attrs.filterShape, attrs);
      if (info.outChannels !== info.inChannels) return undefined;
      util.assertShapesMatch(dy.shape, info.outShape, 'The gradient of a convolution needs its shape: ');
      const { info: df, values } = backend.output(info.filterShape);
      backend.addon.depthwiseFilterGradient(
        windowNumbers(info),
        backend.floats(x),
        backend.floats(dy),
        values,
      );
      return df;
    },
  },
];

function forward(call: Call, activation: string, bias?: TensorInfo): TensorInfo | undefined {
  const code = FUSED_ACTIVATIONS.indexOf(activation);
  const tensors = floatInputs(call, 'x', 'filter');
  if (!tensors || code === -1) return undefined;
  const { backend } = call;
  const { x, filter } = tensors;
  const attrs = call.attrs as unknown as Attrs;
  const dilations = attrs.dilations ?? [1, 1];
  util.assert(
    backend_util.eitherStridesOrDilationsAreOne(attrs.strides, dilations),
    () =>
      `Error in depthwiseConv2d: Either strides or dilations must be 1. Got strides ${attrs.strides} and dilations '${dilations}'`,
  );
  const info = infoOf(x.shape, filter.shape, attrs);
  if (info.outChannels !== info.inChannels) return undefined;
  if (bias && util.sizeFromShape(bias.shape) !== info.outChannels) return undefined;
  const { info: y, values } = backend.output(info.outShape);
  backend.addon.depthwise(
    windowNumbers(info),
    backend.floats(x),
    backend.floats(filter),
    bias ? backend.floats(bias) : null,
    code,
    values,
  );
  return y;
}

function infoOf(x: number[], filter: number[], attrs: Attrs): backend_util.Conv2DInfo {
  const { strides, pad, dilations, dimRoundingMode } = attrs;
  return backend_util.computeConv2DInfo(
    x as Shape4D,
    filter as Shape4D,
    strides,
    dilations ?? [1, 1],
    pad as 'same',
    dimRoundingMode,
    true,
  );
}
