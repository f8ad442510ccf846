import type { Candidate } from './engines/candidate.js';
import { cpu } from './engines/cpu.js';
import { native } from './engines/native.js';
import { cuda, tensorflow } from './engines/tensorflow.js';
import { wasm } from './engines/wasm.js';
import { webgpu } from './engines/webgpu.js';

/** What `auto` tries, in this order: the fastest first. */
export const AUTO: readonly Candidate[] = [cuda, native, tensorflow, wasm, cpu];

/** What can be asked for by name. */
export const NAMED: readonly Candidate[] = [tensorflow, native, webgpu, wasm, cpu];
