import { fileURLToPath } from 'node:url';

/** A tfjs backend's name, and a TypeScript module whose `register()` makes it known to tfjs-core. */
export interface Backend {
  name: string;
  entry: string;
}

export const CPU: Backend = { name: 'cpu', entry: at('stand-ins/cpu.ts') };
export const NATIVE: Backend = { name: 'native', entry: at('native.ts') };

function at(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
