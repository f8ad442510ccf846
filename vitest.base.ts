import type { ViteUserConfig } from 'vitest/config';

/**
 * Tests run from source (condition `@pcam/source`), in processes of their own, since
 * native tfjs engines do not load twice in one process. The flags let worker threads
 * and child processes of a test run TypeScript sources too.
 */
export function project(name: string, test: NonNullable<ViteUserConfig['test']> = {}): ViteUserConfig {
  return {
    resolve: { conditions: ['@pcam/source', 'module', 'node', 'development|production'] },
    ssr: { resolve: { conditions: ['@pcam/source', 'module', 'node', 'development|production'] } },
    test: {
      name,
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      pool: 'forks',
      execArgv: ['--conditions=@pcam/source', '--import=tsx'],
      testTimeout: 60_000,
      hookTimeout: 120_000,
      ...test,
    },
  };
}
