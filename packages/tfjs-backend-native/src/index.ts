import { registerNativeBackend } from './register.js';

export { NativeBackend, type NativeMemory } from './backend.js';
export { type KernelCount, kernelCounts, resetKernelCounts } from './counters.js';
export { BACKEND, registerNativeBackend } from './register.js';
export { instructionSet, setThreads, threads } from './settings.js';

/** Why the backend could not be registered on import, in one line; undefined where it was. */
export const unavailable: string | undefined = tryToRegister();

function tryToRegister(): string | undefined {
  try {
    registerNativeBackend();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
