import { readFileSync } from 'node:fs';
import type { Options } from 'tsup';

/** Every package is built alike: ESM for Node >= 20.19, declarations, source maps. */
export function library(entry: string[], { dts, ...more }: Options = {}): Options {
  return {
    entry,
    format: ['esm'],
    target: 'node20',
    dts: { ...(typeof dts === 'object' && dts), compilerOptions: { customConditions: conditions() } },
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: true,
    ...more,
  };
}

/**
 * Declarations come from those of the packages below, which are built first, rather than from all their sources: in
 * half the time. A package with `imports` of its own has these as sources only.
 */
function conditions(): string[] {
  const { imports } = JSON.parse(readFileSync('package.json', 'utf8')) as { imports?: object };
  return imports === undefined ? [] : ['@pcam/source'];
}
