import {
  add,
  type CumprodAttrs,
  type CumsumAttrs,
  cumprod,
  type GradConfig,
  mul,
  type ProdAttrs,
  reshape,
  cumsum as runningSum,
  sum,
  type Tensor,
  tensor2d,
  transpose,
  util,
} from '@tensorflow/tfjs-core';
import { ofInputs } from './of-inputs.js';

/** tfjs's gives the wrong shape unless the last axis is summed. */
export const cumsum: GradConfig = ofInputs<CumsumAttrs>(
  'Cumsum',
  [],
  (dy, _, { axis, exclusive, reverse }) => ({
    x: () => runningSum(dy, axis, exclusive, !reverse),
  }),
);

/**
 * The slope of a running product in one factor is the running product with a 1 in that factor's place, where it
 * includes the factor: right for zeros too. It takes n² numbers for n factors.
 */
const cumprodSlopes: GradConfig = ofInputs<CumprodAttrs>(
  'Cumprod',
  ['x'],
  (dy, [x], { axis, exclusive, reverse }) => ({
    x: () => {
      const order = [...x!.shape.keys()].filter((other) => other !== axis).concat(axis);
      const back = order.map((_, position) => order.indexOf(position));
      const last = transpose(x!, order);
      const n = x!.shape[axis]!;
      const rows = (values: Tensor): Tensor => reshape(values, [-1, 1, n]);
      const table = (holds: (factor: number, at: number) => boolean): Tensor =>
        tensor2d(
          Float32Array.from({ length: n * n }, (_, i) => (holds(Math.floor(i / n), i % n) ? 1 : 0)),
          [n, n],
        );
      const own = table((factor, at) => factor === at);
      const others = table((factor, at) => factor !== at);
      const included = table((factor, at) =>
        factor === at ? !exclusive : reverse ? factor > at : factor < at,
      );
      const without = cumprod(add(mul(rows(last), others), own), 2, exclusive, reverse);
      const slopes = mul(mul(without, included), rows(transpose(dy, order)));
      return transpose(reshape(sum(slopes, 2), last.shape), back);
    },
  }),
);

/** tfjs's calls methods that tensors have only where `@tensorflow/tfjs` is loaded. */
export const prod: GradConfig = ofInputs<ProdAttrs>('Prod', ['x'], (dy, [x], attrs) => {
  const reduced = util.parseAxisParam(attrs.axis, x!.shape);
  const kept = [...x!.shape.keys()].filter((axis) => !reduced.includes(axis));
  const order = [...kept, ...reduced];
  const sizes = order.map((axis) => x!.shape[axis]!);
  const rows = util.sizeFromShape(kept.map((axis) => x!.shape[axis]!));
  return {
    x: () => {
      // The product of all others is what comes before times what comes after: right for zeros too.
      const flat = reshape(transpose(x!, order), [rows, -1]);
      const others = mul(cumprod(flat, 1, true), cumprod(flat, 1, true, true));
      const gradient = mul(others, reshape(dy, [rows, 1]));
      const back = order.map((_, axis) => order.indexOf(axis));
      return transpose(reshape(gradient, sizes), back);
    },
  };
});

export const running: readonly GradConfig[] = [cumsum, cumprodSlopes];
