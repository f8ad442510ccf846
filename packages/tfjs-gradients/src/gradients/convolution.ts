import type {
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  GradConfig,
  Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../registry.js';
import { ofInputs } from './of-inputs.js';
import { every, spread } from './spread.js';

export type ConvolutionAttrs = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> & {
  readonly dilations: number | readonly number[] | null;
};

/** A convolution and the two kernels that make its gradients. */
export interface Family {
  readonly forward: string;
  readonly backInput: string;
  readonly backFilter: string;
  /** Spatial axes. */
  readonly axes: number;
}

export const plain: Family = {
  forward: 'Conv2D',
  backInput: 'Conv2DBackpropInput',
  backFilter: 'Conv2DBackpropFilter',
  axes: 2,
};

export const depthwise: Family = {
  forward: 'DepthwiseConv2dNative',
  backInput: 'DepthwiseConv2dNativeBackpropInput',
  backFilter: 'DepthwiseConv2dNativeBackpropFilter',
  axes: 2,
};

const volumes: Family = {
  forward: 'Conv3D',
  backInput: 'Conv3DBackpropInputV2',
  backFilter: 'Conv3DBackpropFilterV2',
  axes: 3,
};

/* Undilated: linear in the image and in the filter, so each of the three kernels is the reverse of the other two. */

const y = (of: Family, x: Tensor, filter: Tensor, attrs: object): Tensor =>
  runKernel(of.forward, { x, filter }, { ...attrs, dilations: 1 });

const dx = (of: Family, dy: Tensor, filter: Tensor, inputShape: number[], attrs: object): Tensor =>
  runKernel(of.backInput, { dy, filter }, { ...attrs, dilations: 1, inputShape });

const dw = (of: Family, x: Tensor, dy: Tensor, filterShape: number[], attrs: object): Tensor =>
  runKernel(of.backFilter, { x, dy }, { ...attrs, dilations: 1, filterShape });

/** A dilated convolution, which tfjs refuses to differentiate, is one with a filter that has zeros between its taps. */
export function convolutionSlopes(
  of: Family,
  dy: Tensor,
  x: Tensor,
  filter: Tensor,
  attrs: ConvolutionAttrs,
): { readonly x: () => Tensor; readonly filter: () => Tensor } {
  const rates = Array.from({ length: of.axes }, (_, axis) => rate(attrs.dilations, axis));
  const wide = dilatedShape(filter.shape, rates);
  return {
    x: () => dx(of, dy, dilated(filter, rates), x.shape, attrs),
    filter: () => undilated(dw(of, x, dy, wide, attrs), filter.shape, rates),
  };
}

function forward(of: Family): GradConfig {
  return ofInputs<ConvolutionAttrs>(of.forward, ['x', 'filter'], (dy, [x, filter], attrs) => ({
    ...convolutionSlopes(of, dy, x!, filter!, attrs),
  }));
}

function backInput(of: Family): GradConfig {
  return ofInputs<Conv2DBackpropInputAttrs>(of.backInput, ['dy', 'filter'], (given, [dy, filter], attrs) => ({
    dy: () => y(of, given, filter!, attrs),
    filter: () => dw(of, given, dy!, filter!.shape, attrs),
  }));
}

function backFilter(of: Family): GradConfig {
  return ofInputs<Conv2DBackpropFilterAttrs>(of.backFilter, ['x', 'dy'], (given, [x, dy], attrs) => ({
    x: () => dx(of, dy!, given, x!.shape, attrs),
    dy: () => y(of, x!, given, attrs),
  }));
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

/** tfjs has none, and losses on gradients need it. */
export const conv2dBackpropFilter: GradConfig = backFilter(plain);

export const convolutions: readonly GradConfig[] = [plain, depthwise, volumes].flatMap((of) => [
  forward(of),
  backInput(of),
  backFilter(of),
]);
