import { describe, expect, it } from 'vitest';
import '../src/index.js';
import { expectSteady, input, runNatively, valuesOf } from './backends.js';

const C = Math.sqrt(2 / Math.PI);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const gelu = (x: number): number => x * sigmoid(2 * C * (x + 0.044715 * x ** 3));
function slope(x: number): number {
  const s = sigmoid(2 * C * (x + 0.044715 * x ** 3));
  return s + x * s * (1 - s) * 2 * C * (1 + 3 * 0.044715 * x * x);
}

const values = Float32Array.from([
  ...[0, -0, 15.9, 16.1, -15.9, -16.1, 1e10, -1e10, 1e30, -1e30, 3e38, -3e38, 1e-40, -1e-40],
  ...valuesOf(5, 5000, false),
  ...valuesOf(6, 5000, false).map((x) => x / 3),
]);
const x = { shape: [values.length], values };

describe('Gelu', () => {
  it('is x sigmoid(2u)', () => {
    runNatively('Gelu', { x }).values.forEach((value, i) => {
      const wanted = gelu(values[i]!);
      // Far out on the left, a rounding of 2u counts 2u times.
      expect(Math.abs(value - wanted), `${values[i]}`).toBeLessThanOrEqual(1e-6 * Math.abs(wanted) + 3e-7);
    });
  });

  it('keeps NaN, and infinity', () => {
    const given = { shape: [3], values: Float32Array.of(Number.NaN, Infinity, 1) };
    expect([...runNatively('Gelu', { x: given }).values].slice(0, 2)).toEqual([Number.NaN, Infinity]);
  });

  it('gives the same bits on any number of threads, and nearly the same on any instruction set', () => {
    expectSteady(() => runNatively('Gelu', { x: input([40_003], 2, false) }), 1e-5, 1e-6);
  });
});

describe('GeluGrad', () => {
  it('is the slope times dy', () => {
    const dy = { shape: x.shape, values: valuesOf(7, values.length, false) };
    runNatively('GeluGrad', { x, dy }).values.forEach((value, i) => {
      // Where the cube overflows float64's exponent there is nothing to compare: the slope is 0 or 1.
      const wanted =
        (Math.abs(values[i]!) > 100 ? (values[i]! > 0 ? 1 : 0) : slope(values[i]!)) * dy.values[i]!;
      expect(Math.abs(value - wanted), `${values[i]}`).toBeLessThanOrEqual(1e-6 * Math.abs(wanted) + 4e-6);
    });
  });

  it('gives the same bits on any number of threads, and nearly the same on any instruction set', () => {
    const inputs = { x: input([40_003], 2, false), dy: input([40_003], 3, false) };
    expectSteady(() => runNatively('GeluGrad', inputs), 1e-5, 1e-5);
  });
});
