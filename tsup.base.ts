import type { Options } from 'tsup';

/** Every package is built alike: ESM for Node >= 20.19, declarations, source maps. */
export function library(entry: string[], more: Options = {}): Options {
  return {
    entry,
    format: ['esm'],
    target: 'node20',
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: true,
    ...more,
  };
}
