import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { ElementwiseAddon } from './addon-elementwise.js';

/** Matrices and maps are row-major float32; sizes are whole numbers. What does not fit is a TypeError. */
export interface Addon extends ElementwiseAddon {
  /** The instruction set in use: `avx512`, `avx2` or `portable`. */
  instructionSet(): string;
  /** Takes another set; false where this processor lacks it. */
  useInstructionSet(name: string): boolean;
  threads(): number;
  setThreads(count: number): void;
  /** Memory aligned to cache lines, not cleared. */
  allocate(bytes: number): ArrayBuffer;
  /** Gives an allocated buffer back at once; its views become empty. */
  release(buffer: ArrayBuffer): void;

  /** c = activation(a · b + bias) for each of the batch; a or b may be one for all. */
  matmul(
    a: Float32Array,
    b: Float32Array,
    bias: Float32Array | null,
    c: Float32Array,
    batch: number,
    m: number,
    n: number,
    k: number,
    aRepeats: boolean,
    bRepeats: boolean,
    transposeA: boolean,
    transposeB: boolean,
    activation: number,
  ): void;
}

let loaded: Addon | undefined;

/** @throws Error in one line if there is no binary for this machine. */
export function loadAddon(): Addon {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const root = fileURLToPath(new URL('..', import.meta.url));
  try {
    loaded = (require('node-gyp-build') as (folder: string) => Addon)(root);
  } catch (error) {
    throw new Error(
      `@pcam/tfjs-backend-native has no binary for ${process.platform}-${process.arch}: a C++17 compiler and make, then npm rebuild @pcam/tfjs-backend-native`,
      { cause: error },
    );
  }
  return loaded;
}
