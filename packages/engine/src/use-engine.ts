import { checkChoice, checkKeys } from '@pcam/options';
import { registerGradients } from '@pcam/tfjs-gradients';
import { ready } from '@tensorflow/tfjs-core';
import { AUTO, type EngineChoice, type EngineName, engineChoices, engineNames, NAMED } from './candidates.js';
import type { Candidate, Started, Surroundings } from './engines/candidate.js';
import { loadOptional } from './load-optional.js';
import { inNode } from './node-modules.js';

/** Where an engine's files and packages come from, where it does not find them by itself. */
export interface EngineOptions {
  /**
   * Where the wasm engine finds its `.wasm` files: a folder or the beginning of a URL, or one
   * path per file, as tfjs's `setWasmPaths` takes it. Node finds them by itself; a browser needs it.
   */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  /**
   * Imports an optional package. In Node it is found where it is installed; a page that asks for `webgpu` gives
   * `() => import('@tensorflow/tfjs-backend-webgpu')`, so that its bundler sees it.
   */
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
 * `auto` takes the fastest that starts (`engineHelp` names them in order); `why` in the result says what was passed
 * over. Calling it again switches; backends stay registered.
 *
 * @throws Error in one line: with the command that mends it, if a named engine cannot start; with what is known,
 *   for a name or an option that is not.
 */
export async function useEngine(name: EngineChoice = 'auto', options: EngineOptions = {}): Promise<Engine> {
  checkChoice('useEngine: name', name, engineChoices);
  checkKeys<EngineOptions>('useEngine', options, { wasmPaths: true, load: true });
  checkOptions(options);
  const surroundings: Surroundings = { load: options.load ?? loadOptional, wasmPaths: options.wasmPaths };
  const candidates = name === 'auto' ? AUTO : [NAMED[name]];
  const passedOver: string[] = [];
  for (const candidate of candidates) {
    if (candidate.nodeOnly && !inNode()) {
      if (name !== 'auto') throw new Error(`engine "${name}" runs in Node only; here are ${IN_BROWSERS}`);
      passedOver.push(`${candidate.title ?? candidate.name}: in Node only`);
      continue;
    }
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

const IN_BROWSERS = engineNames.filter((name) => !NAMED[name].nodeOnly).join(', ');

function checkOptions({ wasmPaths, load }: EngineOptions): void {
  if (wasmPaths !== undefined && typeof wasmPaths !== 'string' && typeof wasmPaths !== 'object') {
    throw new Error(`useEngine: wasmPaths must be a folder, a URL or one path per file, got ${wasmPaths}`);
  }
  if (load !== undefined && typeof load !== 'function') {
    throw new Error(`useEngine: load must be a function that imports a package by name, got ${load}`);
  }
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
