import { type Tensor, tensor } from '@tensorflow/tfjs-core';

/** Uniform in [-scale, scale): a 32-bit integer hash of (seed, index), as in ../fixtures/grad-cam.py. */
export function noise(seed: number, shape: number[], scale: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, (_, index) => {
    let x = (index + Math.imul(seed, 0x9e3779b9)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b) >>> 0;
    x = (x ^ (x >>> 16)) >>> 0;
    return (x / 2 ** 31 - 1) * scale;
  });
  return tensor(values, shape);
}
