import {
  add,
  backend_util,
  type Dilation2DAttrs,
  type GradConfig,
  mul,
  reshape,
  type Tensor,
  unstack,
} from '@tensorflow/tfjs-core';
import { flat, ofInputs } from './of-inputs.js';
import { places, type Windows, winners } from './windows.js';

/*
 * Dilation2D is the greatest sum of pixel and tap in each window. Its gradient's kernels send dy to the pixel and
 * the tap of the first greatest: linear in dy, constant almost everywhere in the rest.
 */

function windows(x: Tensor, filter: Tensor, { strides, pad, dilations }: Dilation2DAttrs): Windows {
  const of = backend_util.computeDilation2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number],
    strides,
    pad,
    'NHWC',
    dilations,
  );
  return [
    {
      size: of.filterHeight,
      stride: of.strideHeight,
      dilation: of.dilationHeight,
      before: of.padInfo.top,
      count: of.outHeight,
    },
    {
      size: of.filterWidth,
      stride: of.strideWidth,
      dilation: of.dilationWidth,
      before: of.padInfo.left,
      count: of.outWidth,
    },
  ];
}

/** The gradient of one of the two kernels; `pick` gives what each place of the windows sees of what flows back. */
function ofKernel(
  kernelName: string,
  pick: (given: Tensor, at: Windows, taps: (values: Tensor) => Tensor) => readonly Tensor[],
): GradConfig {
  return ofInputs<Dilation2DAttrs>(kernelName, ['x', 'filter'], (given, [x, filter], attrs) => ({
    dy: () => {
      const at = windows(x!, filter!, attrs);
      const taps = (values: Tensor): Tensor => reshape(values, [-1, filter!.shape[2]!]);
      const seen = pick(given, at, taps);
      return winners(x!, at, { added: taps(filter!) })
        .map((wins, place) => mul(wins, seen[place]!))
        .reduce((sum, one) => add(sum, one));
    },
    x: flat(x!),
    filter: flat(filter!),
  }));
}

export const dilation: readonly GradConfig[] = [
  ofKernel('Dilation2DBackpropInput', (given, at) => places(given, at, 0)),
  ofKernel('Dilation2DBackpropFilter', (given, _, taps) => unstack(taps(given))),
];
