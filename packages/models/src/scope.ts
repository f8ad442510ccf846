import { tensor, type Variable, variable } from '@tensorflow/tfjs-core';
import { Derived } from './derived.js';
import type { Initialiser } from './initialisers.js';
import { randomFor } from './random.js';

/** Where a model's variables are made: each gets a full name, 'stages.0.blocks.1.bn2.bias'. */
export class Scope {
  readonly variables: Map<string, Variable>;
  readonly #derived: Derived[];
  readonly #seed: number;
  readonly #prefix: string;

  constructor(
    seed: number,
    variables: Map<string, Variable> = new Map(),
    derived: Derived[] = [],
    prefix = '',
  ) {
    this.#seed = seed;
    this.variables = variables;
    this.#derived = derived;
    this.#prefix = prefix;
  }

  child(name: string | number): Scope {
    return new Scope(this.#seed, this.variables, this.#derived, `${this.#prefix}${name}.`);
  }

  /** The full name of something in this scope. */
  name(name: string): string {
    return this.#prefix + name;
  }

  /** A new variable; its start depends on the seed and its full name alone. */
  create(name: string, shape: number[], initialise: Initialiser, trainable = true): Variable {
    const full = this.name(name);
    if (this.variables.has(full)) throw new Error(`Two variables of one model are named '${full}'.`);
    const start = tensor(initialise(shape, randomFor(this.#seed, full)), shape, 'float32');
    const created = variable(start, trainable);
    start.dispose();
    this.variables.set(full, created);
    return created;
  }

  /** A place for what is computed of a variable. */
  derive(): Derived {
    const derived = new Derived();
    this.#derived.push(derived);
    return derived;
  }

  /** Frees the variables, and what was derived of them. */
  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    for (const derived of this.#derived) derived.dispose();
  }
}

/**
 * What `build` makes of variables drawn from `seed`. Where it throws, none of them is left behind.
 *
 * @throws Error where the seed is no whole number.
 */
export function withScope<T>(model: string, seed: unknown, build: (scope: Scope) => T): T {
  if (!Number.isSafeInteger(seed)) {
    throw new Error(`Model '${model}': option 'seed' must be a whole number, not ${JSON.stringify(seed)}.`);
  }
  const scope = new Scope(seed as number);
  try {
    return build(scope);
  } catch (error) {
    scope.dispose();
    throw error;
  }
}
