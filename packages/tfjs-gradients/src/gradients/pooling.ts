import {
  add,
  avgPool,
  div,
  type GradConfig,
  mul,
  type Tensor,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../registry.js';
import { flat, ofInputs } from './of-inputs.js';
import { type Pool2D, type Pool3D, windows2d, windows3d } from './pool-windows.js';
import { places, sendBack, type Windows, winners } from './windows.js';

/** For each window, the part of it that lies inside the image: `[1, …counts, 1]`. Undefined where that is all of each. */
function shares(windows: Windows, shape: readonly number[]): Tensor | undefined {
  const parts = windows.reduce<number[]>(
    (outer, { size, stride, before, count }, i) =>
      outer.flatMap((part) =>
        Array.from({ length: count }, (_, window) => {
          const start = window * stride - before;
          const inside = Math.min(start + size, shape[i + 1]!) - Math.max(start, 0);
          return part * (inside / size);
        }),
      ),
    [1],
  );
  if (parts.every((part) => part === 1)) return undefined;
  return tensor(parts, [1, ...windows.map(({ count }) => count), 1]);
}

/** A window's mean is over its pixels inside the image; tfjs's gradient divides by the whole window. */
export const averagePool: GradConfig = ofInputs<Pool2D>('AvgPool', ['x'], (dy, [x], attrs) => ({
  x: () => {
    const windows = windows2d(x!.shape, attrs);
    // The kernel does not know how sizes are rounded.
    if (attrs.dimRoundingMode) return evenly(dy, windows, x!.shape);
    const inside = shares(windows, x!.shape);
    return runKernel('AvgPoolGrad', { dy: inside ? div(dy, inside) : dy, input: x! }, attrs);
  },
}));

const averageGrad = ofInputs<Pool2D>('AvgPoolGrad', ['input'], (given, [input], attrs) => ({
  dy: () => {
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const mean = avgPool(given as Tensor4D, filterSize, strides, pad as 'same', dimRoundingMode);
    const inside = shares(windows2d(input!.shape, attrs), input!.shape);
    return inside ? mul(mean, inside) : mean;
  },
  input: flat(input!),
}));

/** As tfjs's, which leaves out how sizes are rounded. */
const greatest: GradConfig = {
  kernelName: 'MaxPool',
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [input, output] = saved as [Tensor, Tensor];
    return { x: () => runKernel('MaxPoolGrad', { dy: dy as Tensor, input, output }, attrs) };
  },
};

/** The kernel sends dy to the first greatest of each window: linear in dy, and constant almost everywhere in x. */
const greatestGrad = ofInputs<Pool2D>(
  'MaxPoolGrad',
  ['input', 'output'],
  (given, [input, output], attrs) => ({
    dy: () => {
      const windows = windows2d(input!.shape, attrs);
      const seen = places(given, windows, 0);
      return winners(input!, windows)
        .map((wins, place) => mul(wins, seen[place]!))
        .reduce((sum, one) => add(sum, one));
    },
    input: flat(input!),
    output: flat(output!),
  }),
);

/** tfjs's kernel for it errs unless windows are cubes. */
const greatest3d = ofInputs<Pool3D>('MaxPool3D', ['x'], (dy, [x], attrs) => ({
  x: () => {
    const windows = windows3d(x!.shape, attrs);
    const sent = winners(x!, windows).map((wins) => mul(dy, wins));
    return sendBack(sent, windows, x!.shape);
  },
}));

/** tfjs's kernel for it errs at the border. */
const average3d = ofInputs<Pool3D>('AvgPool3D', ['x'], (dy, [x], attrs) => ({
  x: () => evenly(dy, windows3d(x!.shape, attrs), x!.shape),
}));

/** Each window's dy, in equal parts to its pixels inside the image. */
function evenly(dy: Tensor, windows: Windows, shape: readonly number[]): Tensor {
  const inside = shares(windows, shape);
  const size = windows.reduce((product, axis) => product * axis.size, 1);
  const each = div(inside ? div(dy, inside) : dy, size);
  return sendBack(Array<Tensor>(size).fill(each), windows, shape);
}

export const pooling: readonly GradConfig[] = [
  averagePool,
  averageGrad,
  greatest,
  greatestGrad,
  average3d,
  greatest3d,
];
