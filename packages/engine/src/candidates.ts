import type { Candidate } from './engines/candidate.js';
import { cpu } from './engines/cpu.js';
import { native } from './engines/native.js';
import { cuda, tensorflow } from './engines/tensorflow.js';
import { wasm } from './engines/wasm.js';
import { webgpu } from './engines/webgpu.js';

/** Engines by name. */
export const engineNames = ['tensorflow', 'native', 'webgpu', 'wasm', 'cpu'] as const;

/** One of {@link engineNames}. Which of them start depends on the machine and on what is installed. */
export type EngineName = (typeof engineNames)[number];

/** What `useEngine` takes: an engine by name, or `auto`, which picks one. */
export const engineChoices: readonly ['auto', ...typeof engineNames] = ['auto', ...engineNames];

/** One of {@link engineChoices}. */
export type EngineChoice = (typeof engineChoices)[number];

/** What can be asked for by name. */
export const NAMED: Readonly<Record<EngineName, Candidate>> = { tensorflow, native, webgpu, wasm, cpu };

/** What `auto` tries, in this order: the fastest first. */
export const AUTO: readonly Candidate[] = [cuda, native, tensorflow, wasm, cpu];

/** For the help of a command that takes an engine: what there is, and what `auto` tries. */
export const engineHelp: string = help();

function help(): string {
  const words = (name: EngineName): string => {
    const { about } = NAMED[name];
    return about === undefined ? name : `${name} (${about})`;
  };
  const tried = [...new Set(AUTO.map(({ name }) => name))];
  const others = engineNames.filter((name) => !tried.includes(name));
  return `Where numbers are computed; auto takes the fastest that starts of ${tried.map(words).join(', ')}; by name alone: ${others.map(words).join(', ')}`;
}
