/** The weights and images of fixtures/torch_twins.py, by the same formula. */
import { type Tensor, type Tensor4D, tensor } from '@tensorflow/tfjs-core';
import { type NamedTensor, type Weighted, writeWeights } from '../src/index.js';

/** Uniform in [-1, 1): FNV-1a of the name, then MurmurHash3's finaliser over name hash + index. */
export function hashed(name: string, count: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  const values = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    let h = (seed + Math.imul(index, 0x9e3779b9)) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    values[index] = ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

function formulaWeights(model: Weighted): Map<string, NamedTensor> {
  return new Map(
    [...model.variables].map(([name, { shape, size }]) => {
      const values = new Float32Array(hashed(name, size).map(scaling(name, shape)));
      return [name, { shape, values }];
    }),
  );
}

export function setFormulaWeights(model: Weighted): void {
  writeWeights(model, formulaWeights(model));
}

export function formulaImages(shape: [number, number, number, number]): Tensor4D {
  return uniform('images', shape) as Tensor4D;
}

/** Uniform in [0, 1), other values for each name. */
export function uniform(name: string, shape: number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float32Array.from(hashed(name, size), (u) => (u + 1) / 2),
    shape,
  );
}

/** The entries that the fixture samples of an array. */
export function sampleIndices(size: number, count: number): number[] {
  return Array.from(hashed(`samples${size}`, count), (u) => Math.floor(((u + 1) / 2) * size));
}

function scaling(name: string, shape: readonly number[]): (u: number) => number {
  const [a = 1, b = 1, , d = 1] = shape;
  if (name.endsWith('runningVar')) return (u) => 1 + 0.5 * u;
  if (shape.length === 4) return (u) => u * Math.sqrt(6 / (a * b * d));
  if (shape.length === 2) return (u) => u * Math.sqrt(3 / a);
  if (shape.length === 3) return (u) => 0.5 * u;
  if (name.endsWith('weight')) return (u) => 1 + 0.2 * u;
  return (u) => 0.1 * u;
}
