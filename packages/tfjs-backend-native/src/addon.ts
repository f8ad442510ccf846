import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DepthwiseAddon } from './addon-depthwise.js';
import type { ElementwiseAddon } from './addon-elementwise.js';
import type { MoveAddon } from './addon-move.js';
import type { PoolAddon } from './addon-pool.js';
import type { ProductAddon } from './addon-product.js';
import type { ResizeAddon } from './addon-resize.js';
import type { TrainingAddon } from './addon-training.js';

/** Matrices and maps are row-major float32; sizes are whole numbers. What does not fit is a TypeError. */
export interface Addon
  extends DepthwiseAddon,
    ElementwiseAddon,
    MoveAddon,
    PoolAddon,
    ProductAddon,
    ResizeAddon,
    TrainingAddon {
  /** The instruction set in use: `avx512`, `avx2` or `portable`. */
  instructionSet(): string;
  /** Takes another set; false where this processor lacks it. */
  useInstructionSet(name: string): boolean;
  threads(): number;
  setThreads(count: number): void;
  /** Memory aligned to cache lines, not cleared; at most 2^31 bytes. */
  allocate(bytes: number): ArrayBuffer;
  /** Gives an allocated buffer back at once; its views become empty. */
  release(buffer: ArrayBuffer): void;
}

let loaded: Addon | undefined;

/**
 * The binary that was built here, or else a shipped one; `PCAM_NATIVE_ADDON` names another file.
 * @throws Error in one line if there is none that loads on this machine.
 */
export function loadAddon(): Addon {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const named = process.env.PCAM_NATIVE_ADDON;
  try {
    if (named) loaded = require(resolve(named)) as Addon;
    else loaded = (require('node-gyp-build') as (folder: string) => Addon)(root());
  } catch (error) {
    const file = named
      ? `PCAM_NATIVE_ADDON=${named} does not load`
      : 'no binary of @pcam/tfjs-backend-native loads';
    throw new Error(`${file} on ${process.platform}-${process.arch}`, { cause: error });
  }
  return loaded;
}

function root(): string {
  return fileURLToPath(new URL('..', import.meta.url));
}
