import { ready } from '@tensorflow/tfjs-core';
import { AUTO, NAMED } from './candidates.js';
import type { Candidate, EngineName, Started, Surroundings } from './engines/candidate.js';
import { registerGradients } from './gradients/register.js';
import { loadOptional } from './load-optional.js';

export interface EngineOptions {
  /**
   * Where the wasm engine finds its `.wasm` files: a folder or URL prefix ending in a slash, or one
   * path per file, as tfjs's `setWasmPaths` takes it. Node finds them by itself; a browser needs it.
   */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  /** Imports an optional package; for tests and unusual installations. */
  readonly load?: (specifier: string) => Promise<unknown>;
}

/** Where numbers are computed from now on. */
export interface Engine extends Started {
  readonly engine: EngineName;
  /** One line: what was chosen, and why everything before it was passed over. */
  readonly why: string;
}

/**
 * Selects where tfjs computes, and completes it: gradients registered, training kernels present.
 *
 * `auto` takes the first that starts of tensorflow on CUDA, native, tensorflow on the CPU, wasm, cpu;
 * `why` in the result says what was passed over. Calling it again switches; backends stay registered.
 *
 * @throws Error in one line, with the command that mends it, if a named engine cannot start.
 */
export async function useEngine(
  name: EngineName | 'auto' = 'auto',
  options: EngineOptions = {},
): Promise<Engine> {
  const surroundings: Surroundings = { load: options.load ?? loadOptional, wasmPaths: options.wasmPaths };
  const candidates = name === 'auto' ? AUTO : NAMED.filter((candidate) => candidate.name === name);
  if (candidates.length === 0) {
    const known = ['auto', ...NAMED.map((candidate) => candidate.name)].join(', ');
    throw new Error(`engine "${name}" is unknown; choose one of ${known}`);
  }
  const passedOver: string[] = [];
  for (const candidate of candidates) {
    try {
      const started = await candidate.start(surroundings);
      await ready();
      await registerGradients();
      return { engine: candidate.name, ...started, why: reason(name, candidate, passedOver) };
    } catch (error) {
      const cause = oneLine(error);
      if (name !== 'auto') {
        throw new Error(`engine "${name}" cannot start: ${cause}; mend it with: ${candidate.mend}`, {
          cause: error,
        });
      }
      passedOver.push(`${candidate.title ?? candidate.name}: ${cause} (${candidate.mend})`);
    }
  }
  throw new Error(`no engine can start: ${passedOver.join('; ')}`);
}

function reason(asked: string, chosen: Candidate, passedOver: readonly string[]): string {
  if (asked !== 'auto') return `${chosen.name} was asked for`;
  if (passedOver.length === 0) return `${chosen.name} is the first choice and starts`;
  return `${chosen.name} is the fastest that starts; passed over ${passedOver.join('; ')}`;
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.trim().replace(/\.$/, '');
}
