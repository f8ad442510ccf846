import { backend_util, type ConcatAttrs, type PackAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../backend.js';
import { type NativeKernel, withShape } from '../kernel.js';
import { blank, copyBox, elementsOf } from './elements.js';

export const concatKernels: readonly NativeKernel[] = [
  {
    name: 'Concat',
    run({ inputs, attrs, backend }) {
      const tensors = inputs as unknown as TensorInfo[];
      const axis = util.parseAxisParam((attrs as unknown as ConcatAttrs).axis, tensors[0]!.shape)[0]!;
      const shapes = tensors.map((tensor) => tensor.shape);
      backend_util.assertParamsConsistent(shapes, axis);
      return joined(backend, tensors, axis, backend_util.computeOutShape(shapes, axis));
    },
  },
  {
    name: 'Pack',
    run({ inputs, attrs, backend }) {
      const tensors = inputs as unknown as TensorInfo[];
      const { axis } = attrs as unknown as PackAttrs;
      const { shape, dtype } = tensors[0]!;
      for (const tensor of tensors) {
        util.assertShapesMatch(shape, tensor.shape, 'All tensors passed to stack must have matching shapes');
        util.assert(tensor.dtype === dtype, () => 'All tensors passed to stack must have matching dtypes');
      }
      const along = axis < 0 ? axis + shape.length + 1 : axis;
      return joined(backend, tensors, along, shape.toSpliced(along, 0, tensors.length));
    },
  },
];

/** Blocks side by side: seen from `axis`, each tensor is [rows, its own part of a row]. */
function joined(
  backend: NativeBackend,
  tensors: readonly TensorInfo[],
  axis: number,
  shape: number[],
): TensorInfo | undefined {
  const { dtype } = tensors[0]!;
  const blocks = tensors.map((tensor) => elementsOf(backend, tensor));
  if (!blocks.every((block) => block !== undefined) || tensors.some((tensor) => tensor.dtype !== dtype)) {
    return undefined;
  }
  const size = util.sizeFromShape(shape);
  const full = tensors.filter((tensor) => util.sizeFromShape(tensor.shape) > 0);
  if (full.length === 1) return withShape(backend, full[0]!, shape);
  const { info, values } = blank(backend, shape, dtype);
  if (size === 0) return info;
  const rows = util.sizeFromShape(shape.slice(0, axis));
  const row = size / rows;
  let offset = 0;
  blocks.forEach((block, i) => {
    const part = util.sizeFromShape(tensors[i]!.shape) / rows;
    if (part === 0) return;
    copyBox(backend, [rows, part], block, { strides: [part, 1] }, values, { offset, strides: [row, 1] });
    offset += part;
  });
  return info;
}
