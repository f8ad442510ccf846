import type { ResizeBilinearAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { type Taps, tapArguments } from '../addon-resize.js';
import { type Call, floatInputs, type NativeKernel } from '../kernel.js';
import { type Sampling, taps, transposed } from './resize-taps.js';

type Shape4D = [number, number, number, number];

/**
 * The gradients are the transposes of the resizing with all its attributes. The cpu backend's know nothing of
 * half-pixel centres; its bilinear one swaps height and width, its nearest one mixes up images of a batch.
 */
export const resizeKernels: readonly NativeKernel[] = [
  { name: 'ResizeBilinear', run: (call) => resize(call, 'bilinear') },
  { name: 'ResizeNearestNeighbor', run: (call) => resize(call, 'nearest') },
  { name: 'ResizeBilinearGrad', run: (call) => gradient(call, 'bilinear') },
  { name: 'ResizeNearestNeighborGrad', run: (call) => gradient(call, 'nearest') },
];

function resize(call: Call, by: Sampling['by']): TensorInfo | undefined {
  const tensors = floatInputs(call, 'images');
  if (!tensors) return undefined;
  const { images } = tensors;
  const { alignCorners, halfPixelCenters, size } = call.attrs as unknown as ResizeBilinearAttrs;
  const [batch, height, width, channels] = images.shape as Shape4D;
  const sampling = { by, alignCorners, halfPixelCenters };
  const rows = taps(height, size[0], sampling);
  const columns = taps(width, size[1], sampling);
  return apply(call, images, rows, columns, [batch, size[0], size[1], channels]);
}

function gradient(call: Call, by: Sampling['by']): TensorInfo | undefined {
  const tensors = floatInputs(call, 'images', 'dy');
  if (!tensors) return undefined;
  const { images, dy } = tensors;
  const { alignCorners, halfPixelCenters } = call.attrs as unknown as ResizeBilinearAttrs;
  const [, height, width] = images.shape as Shape4D;
  const [, newHeight, newWidth] = dy.shape as Shape4D;
  const sampling = { by, alignCorners, halfPixelCenters };
  const rows = transposed(taps(height, newHeight, sampling));
  const columns = transposed(taps(width, newWidth, sampling));
  return apply(call, dy, rows, columns, images.shape as Shape4D);
}

function apply({ backend }: Call, x: TensorInfo, rows: Taps, columns: Taps, shape: Shape4D): TensorInfo {
  const { info, values } = backend.output(shape);
  backend.addon.resize(
    backend.floats(x),
    values,
    shape[0],
    shape[3],
    ...tapArguments(rows),
    ...tapArguments(columns),
  );
  return info;
}
