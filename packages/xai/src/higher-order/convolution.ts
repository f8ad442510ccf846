import type {
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  GradConfig,
  Tensor,
} from '@tensorflow/tfjs-core';
import { ofInputs, run } from './config.js';
import { every, spread } from './spread.js';

type Forward = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> & {
  readonly dilations: number | readonly number[] | null;
};

/**
 * The gradients of a convolution and of the two kernels that make its gradients. It is linear in the image and in
 * the filter, so each of the three is the reverse of the other two. A dilated convolution, which tfjs refuses to
 * differentiate, is one with a filter that has zeros between its taps.
 */
function family(forward: string, backInput: string, backFilter: string, axes: number): GradConfig[] {
  const y = (x: Tensor, filter: Tensor, attrs: object): Tensor =>
    run(forward, { x, filter }, { ...attrs, dilations: 1 });
  const dx = (dy: Tensor, filter: Tensor, inputShape: number[], attrs: object): Tensor =>
    run(backInput, { dy, filter }, { ...attrs, dilations: 1, inputShape });
  const dw = (x: Tensor, dy: Tensor, filterShape: number[], attrs: object): Tensor =>
    run(backFilter, { x, dy }, { ...attrs, dilations: 1, filterShape });
  return [
    ofInputs<Forward>(forward, ['x', 'filter'], (dy, [x, filter], attrs) => {
      const { dilations: given } = attrs;
      const rates = Array.from({ length: axes }, (_, axis) => rate(given, axis));
      const wide = dilatedShape(filter!.shape, rates);
      return {
        x: () => dx(dy, dilated(filter!, rates), x!.shape, attrs),
        filter: () => undilated(dw(x!, dy, wide, attrs), filter!.shape, rates),
      };
    }),
    ofInputs<Conv2DBackpropInputAttrs>(backInput, ['dy', 'filter'], (given, [dy, filter], attrs) => ({
      dy: () => y(given, filter!, attrs),
      filter: () => dw(given, dy!, filter!.shape, attrs),
    })),
    ofInputs<Conv2DBackpropFilterAttrs>(backFilter, ['x', 'dy'], (given, [x, dy], attrs) => ({
      x: () => dx(dy!, given, x!.shape, attrs),
      dy: () => y(x!, given, attrs),
    })),
  ];
}

function rate(dilations: number | readonly number[] | null, axis: number): number {
  return typeof dilations === 'number' ? dilations : (dilations?.[axis] ?? 1);
}

function dilatedShape(shape: readonly number[], rates: readonly number[]): number[] {
  return shape.map((size, axis) => (size - 1) * (rates[axis] ?? 1) + 1);
}

function dilated(filter: Tensor, rates: readonly number[]): Tensor {
  const shape = dilatedShape(filter.shape, rates);
  return rates.reduce(
    (taps, stride, axis) => spread(taps, axis, { begin: 0, stride, length: shape[axis]! }),
    filter,
  );
}

function undilated(filter: Tensor, shape: number[], rates: readonly number[]): Tensor {
  if (rates.every((stride) => stride === 1)) return filter;
  return every(
    filter,
    shape.map(() => 0),
    shape.map((_, axis) => rates[axis] ?? 1),
    shape,
  );
}

export const convolutions: readonly GradConfig[] = [
  ...family('Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', 2),
  ...family(
    'DepthwiseConv2dNative',
    'DepthwiseConv2dNativeBackpropInput',
    'DepthwiseConv2dNativeBackpropFilter',
    2,
  ),
  ...family('Conv3D', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2', 3),
];
