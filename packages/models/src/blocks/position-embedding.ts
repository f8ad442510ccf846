import {
  matMul,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  transpose,
  type Variable,
} from '@tensorflow/tfjs-core';
import { truncatedNormal } from '../initialisers.js';
import type { Scope } from '../scope.js';

/**
 * A learned vector for each cell of a square grid. Another grid gets the vectors resampled bicubically
 * (Dosovitskiy et al. 2021, section 3.2), as two matrix products, so that every derivative exists.
 */
export class PositionEmbedding {
  readonly #weight: Variable;
  readonly #grid: number;
  readonly #features: number;

  constructor(scope: Scope, grid: number, features: number) {
    this.#weight = scope.create('weight', [grid, grid, features], truncatedNormal);
    this.#grid = grid;
    this.#features = features;
  }

  /** `[1, rows · columns, features]`. */
  forGrid(rows: number, columns: number): Tensor3D {
    let vectors: Tensor = this.#weight;
    if (columns !== this.#grid) vectors = this.#resampleRows(transpose(vectors, [1, 0, 2]), columns, true);
    if (rows !== this.#grid) vectors = this.#resampleRows(vectors, rows, false);
    return reshape(vectors, [1, rows * columns, this.#features]);
  }

  #resampleRows(vectors: Tensor, rows: number, transposed: boolean): Tensor {
    const [from = 0, across = 0] = vectors.shape;
    const flat = reshape(vectors, [from, across * this.#features]) as Tensor2D;
    const resampled = reshape(matMul(bicubicMatrix(from, rows), flat), [rows, across, this.#features]);
    return transposed ? transpose(resampled, [1, 0, 2]) : resampled;
  }
}

/** Row i holds the weights of the old samples in new sample i; cells are areas, edges repeat, as in PyTorch. */
function bicubicMatrix(from: number, to: number): Tensor2D {
  const rows = Array.from({ length: to }, (_, index) => {
    const position = ((index + 0.5) * from) / to - 0.5;
    const before = Math.floor(position);
    const row = new Array<number>(from).fill(0);
    for (let tap = before - 1; tap <= before + 2; tap++) {
      const inside = Math.min(from - 1, Math.max(0, tap));
      row[inside]! += cubic(Math.abs(position - tap));
    }
    return row;
  });
  return tensor2d(rows, [to, from]);
}

/** Keys' convolution kernel with a = −0.75 (Keys 1981, IEEE TASSP 29(6), eq. 15). */
function cubic(distance: number): number {
  const a = -0.75;
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
  return 0;
}
