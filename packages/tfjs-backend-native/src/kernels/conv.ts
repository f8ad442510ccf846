import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';
import { FUSED_ACTIVATIONS } from './matmul.js';

type Shape4D = [number, number, number, number];

/** The addon chooses between direct convolution and Winograd's tiles. */
const FASTEST = -1;

/** The addon's limit for the cells of a filter. */
const MOST_CELLS = 256;

export const convKernels: readonly NativeKernel[] = [
  { name: 'Conv2D', run: (call) => conv2d(call, 'linear') },
  {
    name: 'FusedConv2D',
    run(call) {
      const { bias, preluActivationWeights } = call.inputs;
      const { activation } = call.attrs as { activation: string | null };
      if (preluActivationWeights || (bias && bias.dtype !== 'float32')) return undefined;
      return conv2d(call, activation ?? 'linear', bias);
    },
  },
  {
    name: 'Conv2DBackpropInput',
    run(call) {
      const tensors = floatInputs(call, 'dy', 'filter');
      const { inputShape } = call.attrs as { inputShape: Shape4D };
      const shape = tensors && geometry(call, inputShape, tensors.filter.shape as Shape4D, tensors.dy.shape);
      if (!shape) return undefined;
      const { backend } = call;
      const { info, values } = backend.output(inputShape);
      backend.addon.conv2dInputGradient(
        shape,
        backend.floats(tensors.dy),
        backend.floats(tensors.filter),
        values,
        FASTEST,
      );
      return info;
    },
  },
  {
    name: 'Conv2DBackpropFilter',
    run(call) {
      const tensors = floatInputs(call, 'x', 'dy');
      const { filterShape } = call.attrs as { filterShape: Shape4D };
      const shape = tensors && geometry(call, tensors.x.shape as Shape4D, filterShape, tensors.dy.shape);
      if (!shape) return undefined;
      const { backend } = call;
      const { info, values } = backend.output(filterShape);
      backend.addon.conv2dFilterGradient(
        shape,
        backend.floats(tensors.x),
        backend.floats(tensors.dy),
        values,
        FASTEST,
      );
      return info;
    },
  },
];

function conv2d(call: Call, activation: string, bias?: TensorInfo): TensorInfo | undefined {
  const code = FUSED_ACTIVATIONS.indexOf(activation);
  const tensors = floatInputs(call, 'x', 'filter');
  if (!tensors || code === -1) return undefined;
  const { x, filter } = tensors;
  const shape = geometry(call, x.shape as Shape4D, filter.shape as Shape4D);
  if (!shape) return undefined;
  const [batch, outHeight, outWidth, outChannels] = [shape[0]!, shape[4]!, shape[5]!, shape[6]!];
  if (bias && bias.shape.reduce((a, b) => a * b, 1) !== outChannels) return undefined;
  const { backend } = call;
  const { info, values } = backend.output([batch, outHeight, outWidth, outChannels]);
  backend.addon.conv2d(
    shape,
    backend.floats(x),
    backend.floats(filter),
    bias ? backend.floats(bias) : null,
    values,
    code,
    FASTEST,
  );
  return info;
}

/**
 * The convolution's sizes in the addon's order; undefined for channels first, huge filters, and a dy that is not
 * of the result's shape, which conv2dTranspose allows.
 */
function geometry(
  { attrs }: Call,
  xShape: Shape4D,
  filterShape: Shape4D,
  dyShape?: number[],
): Int32Array | undefined {
  const { strides, pad, dilations, dataFormat, dimRoundingMode } = attrs as {
    strides: number | [number, number];
    pad: 'same' | 'valid' | number;
    dilations?: number | [number, number];
    dataFormat: 'NHWC' | 'NCHW';
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  if (dataFormat === 'NCHW' || filterShape[0] * filterShape[1] > MOST_CELLS) return undefined;
  const c = backend_util.computeConv2DInfo(
    xShape,
    filterShape,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
  );
  if (dyShape && dyShape.join() !== c.outShape.join()) return undefined;
  return Int32Array.of(
    c.batchSize,
    c.inHeight,
    c.inWidth,
    c.inChannels,
    c.outHeight,
    c.outWidth,
    c.outChannels,
    c.filterHeight,
    c.filterWidth,
    c.strideHeight,
    c.strideWidth,
    c.padInfo.top,
    c.padInfo.left,
    c.dilationHeight,
    c.dilationWidth,
  );
}
