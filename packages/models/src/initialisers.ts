import type { Random } from './random.js';

/** Fills a new weight of the given shape. */
export type Initialiser = (shape: readonly number[], random: Random) => Float32Array;

export const zeros: Initialiser = (shape) => new Float32Array(count(shape));

export const ones: Initialiser = (shape) => new Float32Array(count(shape)).fill(1);

/**
 * Normal with variance 2 / fan-out, which keeps the gradient's variance through ReLU layers
 * (He et al. 2015, arXiv:1502.01852, eq. 14). Filter shape `[h, w, in, out]`.
 */
export const heFanOut: Initialiser = (shape, random) => {
  const [h = 1, w = 1, , out = 1] = shape;
  const deviation = Math.sqrt(2 / (h * w * out));
  return fill(shape, () => deviation * random.normal());
};

/**
 * Normal with variance 2 / fan-in, which keeps the activation's variance through ReLU layers
 * (He et al. 2015, arXiv:1502.01852, eq. 10). Filter shape `[h, w, in, out]`.
 */
export const heFanIn: Initialiser = (shape, random) => {
  const [h = 1, w = 1, inputs = 1] = shape;
  const deviation = Math.sqrt(2 / (h * w * inputs));
  return fill(shape, () => deviation * random.normal());
};

/** Normal with deviation 0.02, redrawn beyond two deviations (Dosovitskiy et al. 2021; timm, DeiT). */
export const truncatedNormal: Initialiser = (shape, random) =>
  fill(shape, () => {
    let value = random.normal();
    while (Math.abs(value) > 2) value = random.normal();
    return 0.02 * value;
  });

/** Uniform within ±1/√fan-in: a linear layer's usual start. Weight shape `[in, out]`. */
export const uniformFanIn: Initialiser = (shape, random) => {
  const bound = 1 / Math.sqrt(shape[0]!);
  return fill(shape, () => bound * (2 * random.uniform() - 1));
};

function fill(shape: readonly number[], next: () => number): Float32Array {
  const values = new Float32Array(count(shape));
  for (let i = 0; i < values.length; i++) values[i] = next();
  return values;
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
