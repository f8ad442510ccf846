import type { EngineName } from '../candidates.js';

/** What a candidate found out by starting. */
export interface Started {
  /** Name in tfjs's registry, as `tf.getBackend()` gives it. */
  readonly backend: string;
  /** For people: what computes, such as `CPU, SIMD` or a graphics card's name. */
  readonly device: string;
  /** Threads that compute at once; 0 where the device decides. */
  readonly threads: number;
}

/** Where modules and files come from; tests put stand-ins here. */
export interface Surroundings {
  /** Imports an optional package from wherever the program or this package can see it. */
  load(specifier: string): Promise<unknown>;
  /** See {@link EngineOptions.wasmPaths}. */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
}

/** One way to compute. Adding an engine is adding one of these to `candidates.ts`. */
export interface Candidate {
  readonly name: EngineName;
  /** What it computes with, in a few words for help. */
  readonly about?: string;
  /** For people, where one engine is tried in two ways. */
  readonly title?: string;
  /** Nothing of it is for browsers; there it is not tried. */
  readonly nodeOnly?: true;
  /** The command, or the step, that mends an engine that does not start. */
  readonly mend: string;
  /** Registers and selects the backend; throws an Error that says why it cannot. */
  start(surroundings: Surroundings): Promise<Started>;
}
