import { type DataId, keep, type Tensor, type Variable } from '@tensorflow/tfjs-core';

/** What is computed of a variable, kept for as long as the variable's values are the same. */
export class Derived {
  /** Assigning, loading and averaging give a variable other data; nothing writes into data that is there. */
  #source: DataId | undefined;
  #kept: Tensor | undefined;

  /** `compute()`, or what it gave before. The result is the caller's, without a tie to the variable. */
  of<T extends Tensor>(variable: Variable, compute: () => T): T {
    if (variable.dataId !== this.#source) {
      this.dispose();
      this.#kept = keep(compute());
      this.#source = variable.dataId;
    }
    return this.#kept!.clone() as T;
  }

  dispose(): void {
    this.#kept?.dispose();
    this.#kept = undefined;
    this.#source = undefined;
  }
}
