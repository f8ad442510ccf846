import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

/**
 * Runs every ```ts snippet of a package's README as a program of its own, from source, in a
 * folder inside the package, so that imports resolve as they would for the reader.
 *
 * @param testUrl `import.meta.url` of a file in the package's `test/`.
 * @param printed what each snippet prints, where that is to be checked.
 */
export function testReadme(testUrl: string, printed?: readonly RegExp[]): void {
  const folder = dirname(dirname(fileURLToPath(testUrl)));
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const snippets = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1]!);

  describe('README', () => {
    it('has a runnable example', () => expect(snippets.length).toBeGreaterThan(0));

    if (printed) it('has its snippets', () => expect(snippets.length).toBe(printed.length));

    it('imports in snippets what its install lines name or bring', () => {
      const { name, dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        readonly name: string;
        readonly dependencies?: Readonly<Record<string, string>>;
      };
      const installed = [...readme.matchAll(/^npm install .*$/gm)].flatMap(([line]) => line.split(/\s+/));
      const told = [name, ...Object.keys(dependencies), ...installed.map(withoutVersion)];
      const imported = snippets.flatMap((code) =>
        [...code.matchAll(/^(?:import|\}) ?[^'\n]*'((?:@[\w-]+\/)?[\w:-]+)/gm)].map(([, found]) => found!),
      );
      expect(imported.filter((found) => !found.startsWith('node:') && !told.includes(found))).toEqual([]);
    });

    it.each(snippets.map((code, i) => [i + 1, code] as const))('snippet %i runs', async (i, code) => {
      const temporary = mkdtempSync(join(folder, 'test', '.tmp-readme-'));
      try {
        writeFileSync(join(temporary, 'snippet.mts'), code);
        const flags = ['--conditions=@pcam/source', '--import=tsx', 'snippet.mts'];
        const options = { cwd: temporary, timeout: 120_000 };
        const { stdout } = await promisify(execFile)(process.execPath, flags, options);
        if (printed) expect(stdout).toMatch(printed[i - 1]!);
      } finally {
        rmSync(temporary, { recursive: true });
      }
    });
  });
}

function withoutVersion(spec: string): string {
  return spec.replace(/(?<=.)@.*$/, '');
}
