import { engine, env, setBackend } from '@tensorflow/tfjs-core';
import { inNode, installedFile, nodeModule } from '../node-modules.js';
import { registerTrainingKernels } from '../wasm/register.js';
import type { Candidate, Started, Surroundings } from './candidate.js';
import { registerCpu } from './cpu.js';

/** tfjs's WebAssembly backend, completed with the kernels that training needs. */
export const wasm: Candidate = {
  name: 'wasm',
  mend: 'npm install @tensorflow/tfjs-backend-wasm',
  async start({ wasmPaths }: Surroundings): Promise<Started> {
    const { setWasmPaths, getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
    // Not findBackend: it would already start the backend, from the wrong place.
    if (engine().registry.wasm === undefined) {
      // Our kernels work in the backend's memory, which threads (browsers only) would make a shared one.
      env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      const paths = typeof wasmPaths === 'string' ? asFolder(wasmPaths) : (wasmPaths ?? folderInNode());
      if (paths !== undefined) setWasmPaths(paths as Parameters<typeof setWasmPaths>[0]);
    }
    const started = await withoutItsExceptionHandlers(() => setBackend('wasm'));
    if (!started) {
      throw new Error('the WebAssembly files could not be loaded; check the option wasmPaths');
    }
    const simd = Boolean(await env().getAsync('WASM_HAS_SIMD_SUPPORT'));
    if (!simd) throw new Error('this WebAssembly runtime has no SIMD instructions');
    await registerCpu();
    registerTrainingKernels();
    return { backend: 'wasm', device: 'CPU, SIMD', threads: getThreadsCount() };
  },
};

/** tfjs puts a file's name right behind it. */
const asFolder = (path: string): string => (/[\\/]$/.test(path) ? path : `${path}/`);

/** The folder of the `.wasm` files in node_modules, where there is one. */
function folderInNode(): string | undefined {
  const main = inNode() ? installedFile('@tensorflow/tfjs-backend-wasm') : undefined;
  return main && asFolder(nodeModule('node:path').dirname(main));
}

/**
 * Emscripten listens for uncaught exceptions only to throw them again, from a line of 60 kB that
 * Node then prints in front of the real message; its listeners are taken off again.
 */
async function withoutItsExceptionHandlers<T>(start: () => Promise<T>): Promise<T> {
  if (typeof process === 'undefined' || typeof process.listeners !== 'function') return start();
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.listeners(event as 'exit')));
  const result = await start();
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before[i]!.has(listener)) process.off(event, listener);
    }
  });
  return result;
}
