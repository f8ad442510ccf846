import { loadAddon } from './addon.js';

/** What the kernels are compiled for here: `avx512`, `avx2` or `portable` (SSE2 or NEON). */
export function instructionSet(): string {
  return loadAddon().instructionSet();
}

/** Threads that compute at once: `PCAM_THREADS`, else the cores. */
export function threads(): number {
  return loadAddon().threads();
}

/**
 * Sets how many threads compute at once; results do not depend on it.
 *
 * @param count from 1 to 256.
 * @throws Error for any other count.
 */
export function setThreads(count: number): void {
  loadAddon().setThreads(count);
}
