import { engine, env, setBackend } from '@tensorflow/tfjs-core';
import { inNode, installedFile, nodeModule } from '../node-modules.js';
import { registerTrainingKernels } from '../wasm/register.js';
import type { Candidate, Started, Surroundings } from './candidate.js';
import { registerCpu } from './cpu.js';

/** tfjs's WebAssembly backend, completed with the kernels that training needs. */
export const wasm: Candidate = {
  name: 'wasm',
  about: 'WebAssembly',
  mend: 'npm install @tensorflow/tfjs-backend-wasm (a browser: serve the .wasm files of its dist, and give wasmPaths)',
  async start({ wasmPaths }: Surroundings): Promise<Started> {
    const { setWasmPaths, getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
    // Not findBackend: it would already start the backend, from the wrong place.
    if (engine().registry.wasm === undefined) {
      // Our kernels work in the backend's memory, which threads (browsers only) would make a shared one.
      env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      const paths = typeof wasmPaths === 'string' ? asFolder(wasmPaths) : (wasmPaths ?? folderInNode());
      if (paths !== undefined) lookIn(paths, setWasmPaths as (paths: WasmPaths) => void);
    }
    const started = await withoutItsExceptionHandlers(() => setBackend('wasm'));
    if (!started) {
      const place = wasmPaths === undefined ? '' : ` from ${JSON.stringify(wasmPaths)}`;
      throw new Error(`the WebAssembly files could not be loaded${place}`);
    }
    const simd = Boolean(await env().getAsync('WASM_HAS_SIMD_SUPPORT'));
    if (!simd) throw new Error('this WebAssembly runtime has no SIMD instructions');
    await registerCpu();
    registerTrainingKernels();
    return { backend: 'wasm', device: 'CPU, SIMD', threads: getThreadsCount() };
  },
};

type WasmPaths = NonNullable<Surroundings['wasmPaths']>;

function lookIn(paths: WasmPaths, setWasmPaths: (paths: WasmPaths) => void): void {
  try {
    setWasmPaths(paths);
  } catch (error) {
    throw new Error(
      'tfjs found no .wasm files in the folder given before and looks in no other: load the page anew with the right wasmPaths',
      { cause: error },
    );
  }
}

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
