import {
  add,
  type CumprodAttrs,
  type CumsumAttrs,
  cumprod,
  cumsum,
  type GradConfig,
  mul,
  reshape,
  sum,
  type Tensor,
  tensor2d,
  transpose,
} from '@tensorflow/tfjs-core';
import { ofInputs } from './config.js';

/** tfjs's gives the wrong shape unless the last axis is summed. */
const sums = ofInputs<CumsumAttrs>('Cumsum', [], (dy, _, { axis, exclusive, reverse }) => ({
  x: () => cumsum(dy, axis, exclusive, !reverse),
}));

/**
 * The slope of a running product in one factor is the running product with a 1 in that factor's place, where it
 * includes the factor: right for zeros too. It takes n² numbers for n factors.
 */
const products = ofInputs<CumprodAttrs>('Cumprod', ['x'], (dy, [x], { axis, exclusive, reverse }) => ({
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
}));

export const running: readonly GradConfig[] = [sums, products];
