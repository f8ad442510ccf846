import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Matrices and maps are row-major float32; sizes are whole numbers. What does not fit is a TypeError. */
export interface Addon {
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

  /**
   * y = activation(conv(x, filter) + bias). `shape` holds batch, the input's height, width and channels, the
   * output's, the filter's height and width, strides, padding on top and left, and dilations. `winograd` is the
   * size of the output tiles (2 to 4), 0 for direct convolution, -1 for what should be fastest.
   */
  conv2d(
    shape: Int32Array,
    x: Float32Array,
    filter: Float32Array,
    bias: Float32Array | null,
    y: Float32Array,
    activation: number,
    winograd: number,
  ): void;
  conv2dInputGradient(
    shape: Int32Array,
    dy: Float32Array,
    filter: Float32Array,
    dx: Float32Array,
    winograd: number,
  ): void;
  conv2dFilterGradient(
    shape: Int32Array,
    x: Float32Array,
    dy: Float32Array,
    dfilter: Float32Array,
    winograd: number,
  ): void;
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
