import { randomAt } from '../sampling-random.js';
import { reflect } from './geometry.js';

/**
 * Gaussian blur in place, separable, out to 3σ, edges reflected.
 *
 * @param values `[height, width, 3]` from `at` on.
 * @param scratch at least height · width · 3 long.
 */
export function blur(
  values: Float32Array,
  at: number,
  height: number,
  width: number,
  sigma: number,
  scratch: Float32Array,
): void {
  const radius = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - radius) / sigma) ** 2),
  );
  const total = weights.reduce((sum, w) => sum + w, 0);
  for (let t = 0; t < weights.length; t++) weights[t]! /= total;
  const line = width * 3;
  const padded = new Float32Array(line + 6 * radius);
  for (let y = 0; y < height; y++) {
    for (let x = -radius; x < width + radius; x++) {
      const from = at + y * line + reflect(x, width) * 3;
      const to = (x + radius) * 3;
      padded[to] = values[from]!;
      padded[to + 1] = values[from + 1]!;
      padded[to + 2] = values[from + 2]!;
    }
    for (let i = 0; i < line; i++) {
      let sum = 0;
      for (let t = 0, j = i; t < weights.length; t++, j += 3) sum += weights[t]! * padded[j]!;
      scratch[y * line + i] = sum;
    }
  }
  const rows = new Int32Array(weights.length);
  for (let y = 0; y < height; y++) {
    for (let t = 0; t < rows.length; t++) rows[t] = reflect(y + t - radius, height) * line;
    for (let i = 0; i < line; i++) {
      let sum = 0;
      for (let t = 0; t < rows.length; t++) sum += weights[t]! * scratch[rows[t]! + i]!;
      values[at + y * line + i] = sum;
    }
  }
}

/** A prime number of standard normal values, so that reading on from any start rarely repeats. */
const NORMALS_LENGTH = 65_521;
let normals: Float32Array | undefined;

/**
 * Adds Gaussian noise and clips to [0, 1], in place. The values come from one fixed table,
 * read from `start` on: a pure function of its arguments, and fast.
 */
export function addNoise(
  values: Float32Array,
  at: number,
  count: number,
  sigma: number,
  start: number,
): void {
  normals ??= makeNormals();
  for (let i = 0, n = start % NORMALS_LENGTH; i < count; i++, n = n + 1 === NORMALS_LENGTH ? 0 : n + 1) {
    values[at + i] = Math.min(1, Math.max(0, values[at + i]! + sigma * normals[n]!));
  }
}

function makeNormals(): Float32Array {
  const random = randomAt(0x6e6f6973);
  return Float32Array.from({ length: NORMALS_LENGTH }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.unit()));
    return radius * Math.cos(2 * Math.PI * random.unit()); // Box & Muller 1958
  });
}
