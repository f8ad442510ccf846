import { reshape, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { type Initialiser, uniformFanIn } from '../initialisers.js';
import type { Pass } from '../pass.js';
import type { Scope } from '../scope.js';
import { Dense } from './dense.js';
import { dropout } from './drop.js';

/** Dropout and one linear unit on pooled features: the logit. */
export class LogitHead {
  readonly #dense: Dense;
  readonly #dropout: number;
  readonly #dropoutName: string;

  constructor(
    scope: Scope,
    features: number,
    dropoutRate: number,
    weight: Initialiser = uniformFanIn,
    bias = true,
  ) {
    this.#dense = new Dense(scope, features, 1, weight, bias);
    this.#dropout = dropoutRate;
    this.#dropoutName = scope.name('dropout');
  }

  /** `[B, features]` to `[B]`. */
  apply(features: Tensor2D, pass: Pass): Tensor1D {
    return reshape(this.#dense.apply(dropout(features, this.#dropout, this.#dropoutName, pass)), [-1]);
  }
}
