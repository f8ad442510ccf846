import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { sampleIndices } from './formula.js';

/** The norm, then a few entries: what fixtures keep of a tensor. */
export type Digest = [number, ...number[]];

/** For gradients that are zero by symmetry, as that of the keys' bias. */
const floor = 1e-6;

/** Compares norm and entries, relative to `tolerance`. */
export function expectDigest(tolerance: number, actual: Tensor, expected: Digest, label: string): void {
  const values = actual.dataSync() as Float32Array;
  const norm = expected[0];
  const own = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  expect(Math.abs(own - norm), `${label}: norm ${own} against ${norm}`).toBeLessThan(
    tolerance * norm + floor,
  );
  // An entry is judged by the larger of itself and the typical entry.
  const typical = norm / Math.sqrt(values.length);
  const indices = sampleIndices(values.length, expected.length - 1);
  for (const [position, index] of indices.entries()) {
    const entry = expected[position + 1]!;
    const allowed = tolerance * Math.max(Math.abs(entry), 5 * typical) + floor;
    expect(
      Math.abs(values[index]! - entry),
      `${label}[${index}]: ${values[index]} against ${entry}`,
    ).toBeLessThan(allowed);
  }
}
