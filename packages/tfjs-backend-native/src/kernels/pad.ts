import type { MirrorPadAttrs, PadV2Attrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../backend.js';
import type { NativeKernel } from '../kernel.js';
import { blank, copyBox, elementsOf, stridesOf } from './elements.js';

type Paddings = readonly (readonly [before: number, after: number])[];

export const padKernels: readonly NativeKernel[] = [
  {
    name: 'PadV2',
    run({ inputs, attrs, backend }) {
      const { paddings, constantValue } = attrs as unknown as PadV2Attrs;
      return padded(backend, inputs.x!, paddings, constantValue);
    },
  },
  {
    name: 'MirrorPad',
    run({ inputs, attrs, backend }) {
      const { paddings, mode } = attrs as unknown as MirrorPadAttrs;
      return mirrored(backend, inputs.x!, paddings, mode === 'reflect' ? 1 : 0);
    },
  },
];

/** x in the middle, `value` around it; undefined where x has no numbers. */
export function padded(
  backend: NativeBackend,
  x: TensorInfo,
  paddings: Paddings,
  value: number,
): TensorInfo | undefined {
  const from = elementsOf(backend, x);
  if (!from) return undefined;
  const shape = paddings.map(([before, after], axis) => before + x.shape[axis]! + after);
  const { info, values } = blank(backend, shape, x.dtype);
  const strides = stridesOf(shape);
  const constant = new (from.constructor as Float32ArrayConstructor)([value]);
  const still = shape.map(() => 0);
  // Along each axis the slabs before and after x, which reach over the whole of the axes behind it and over
  // x's part of those before.
  const sizes = [...shape];
  let offset = 0;
  paddings.forEach(([before, after], axis) => {
    const middle = x.shape[axis]!;
    const slab = (start: number, length: number): void => {
      if (length === 0) return;
      copyBox(backend, sizes.with(axis, length), constant, { strides: still }, values, {
        offset: offset + start * strides[axis]!,
        strides,
      });
    };
    slab(0, before);
    slab(before + middle, after);
    sizes[axis] = middle;
    offset += before * strides[axis]!;
  });
  copyBox(backend, x.shape, from, { strides: stridesOf(x.shape) }, values, { offset, strides });
  return info;
}

/** A run of places along one axis: where in the result, where in x, how many, forwards or back. */
interface Run {
  readonly to: number;
  readonly from: number;
  readonly length: number;
  readonly step: 1 | -1;
}

/** x's border mirrored around it; with `skipped` = 1 the outermost places are not repeated. */
function mirrored(
  backend: NativeBackend,
  x: TensorInfo,
  paddings: Paddings,
  skipped: number,
): TensorInfo | undefined {
  const from = elementsOf(backend, x);
  if (!from) return undefined;
  const shape = paddings.map(([before, after], axis) => before + x.shape[axis]! + after);
  const { info, values } = blank(backend, shape, x.dtype);
  const [strides, steps] = [stridesOf(shape), stridesOf(x.shape)];
  const runs = paddings.map(([before, after], axis): Run[] => {
    const length = x.shape[axis]!;
    const all: Run[] = [
      { to: 0, from: before - 1 + skipped, length: before, step: -1 },
      { to: before, from: 0, length, step: 1 },
      { to: before + length, from: length - 1 - skipped, length: after, step: -1 },
    ];
    return all.filter((run) => run.length > 0);
  });
  const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
  for (const box of product(runs)) {
    copyBox(
      backend,
      box.map((run) => run.length),
      from,
      {
        offset: sum(box.map((run, axis) => run.from * steps[axis]!)),
        strides: box.map((run, axis) => run.step * steps[axis]!),
      },
      values,
      { offset: sum(box.map((run, axis) => run.to * strides[axis]!)), strides },
    );
  }
  return info;
}

/** Every choice of one run for each axis. */
function product(runs: readonly Run[][]): Run[][] {
  return runs.reduce<Run[][]>(
    (boxes, axis) => boxes.flatMap((box) => axis.map((run) => [...box, run])),
    [[]],
  );
}
