import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

it.skipIf(process.platform === 'win32')(
  'reads 1,000 random patches of a file as large as train in under 400 MB (skipped without sparse files)',
  async () => {
    // Plain JavaScript: a TypeScript loader alone takes more memory than that.
    const outDir = `${root}node_modules/.cache/large-file-test-${process.pid}`;
    try {
      await build({
        entry: [`${root}bench/large-file.ts`],
        config: false,
        format: 'esm',
        outDir,
        silent: true,
        clean: true,
      });
      const out = execFileSync(process.execPath, [`${outDir}/large-file.js`, '--json'], { encoding: 'utf8' });
      const result = JSON.parse(out);
      expect(result).toMatchObject({ patches: 262_144, reads: 1000, right: 1000 });
      expect(result.bytes).toBeGreaterThan(7.2e9);
      expect(result.maxRssMB).toBeLessThan(400);
    } finally {
      await rm(outDir, { recursive: true, force: true });
    }
  },
);
