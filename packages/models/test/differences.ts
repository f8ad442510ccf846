import { mul, type Scalar, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { hashed } from './formula.js';

/** A tensor of reproducible values in ±scale. */
export function reproducible<T extends Tensor>(name: string, shape: number[], scale = 1): T {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float32Array.from(hashed(name, size), (u) => scale * u),
    shape,
  ) as T;
}

/** Σ y · w with fixed weights: a scalar whose gradient has no symmetry to hide behind. */
export function weighted(y: Tensor): Scalar {
  return sum(mul(y, reproducible(`weights ${y.shape}`, y.shape))) as Scalar;
}

/**
 * Compares a gradient with central differences of `f` along a few directions.
 *
 * @param tolerance of the larger of the two slopes; float32 differences allow about 1e-2.
 */
export function expectGradient(
  f: (xs: Tensor[]) => Scalar,
  xs: Tensor[],
  gradients: Tensor[],
  { step = 1e-2, tolerance = 1e-2 }: { step?: number; tolerance?: number } = {},
): void {
  for (const [position, x] of xs.entries()) {
    for (const direction of ['first', 'second', 'third']) {
      const [slope, difference] = tidy(() => {
        const d = reproducible(`${direction} ${position}`, x.shape);
        const moved = (amount: number): number => {
          const values = x.dataSync().map((value, i) => value + amount * d.dataSync()[i]!);
          return f(xs.map((other, i) => (i === position ? tensor(values, x.shape) : other))).dataSync()[0]!;
        };
        const along = sum(mul(gradients[position]!, d)).dataSync()[0]!;
        return [along, (moved(step) - moved(-step)) / (2 * step)];
      }) as unknown as [number, number];
      const allowed = tolerance * Math.max(Math.abs(slope), Math.abs(difference), 0.1);
      expect(Math.abs(slope - difference), `input ${position}: ${slope} against ${difference}`).toBeLessThan(
        allowed,
      );
    }
  }
}
