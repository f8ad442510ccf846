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
  // Along x into the scratch, then along y back.
  const pass = (from: Float32Array, start: number, to: Float32Array, end: number, alongX: boolean): void => {
    const size = alongX ? width : height;
    const [lineStep, step] = alongX ? [width * 3, 3] : [3, width * 3];
    for (let line = 0; line < (alongX ? height : width); line++) {
      for (let i = 0; i < size; i++) {
        let [r, g, b] = [0, 0, 0];
        for (let t = -radius; t <= radius; t++) {
          const source = start + line * lineStep + reflect(i + t, size) * step;
          const weight = weights[t + radius]! / total;
          r += weight * from[source]!;
          g += weight * from[source + 1]!;
          b += weight * from[source + 2]!;
        }
        const target = end + line * lineStep + i * step;
        to[target] = r;
        to[target + 1] = g;
        to[target + 2] = b;
      }
    }
  };
  pass(values, at, scratch, 0, true);
  pass(scratch, 0, values, at, false);
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
