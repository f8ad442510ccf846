import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const readme = readFileSync(join(here, '../README.md'), 'utf8');
const snippets = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!);
const folder = mkdtempSync(join(here, '.tmp-readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const printed = [
  /^7 4096\nAverage precision \{\s+value: 0\.\d+/m,
  /^\[ 4, 64, 64 \] 16384 4\n[\s\S]*\{ value: 0\.\d+, ci95: null \}/m,
  /^true (0|1|0\.\d+)$/m,
];

test('the README has its snippets', () => expect(snippets.length).toBe(printed.length));

test.each(snippets.map((code, i) => [i + 1, code] as const))(
  'snippet %i of the README runs',
  async (i, code) => {
    const path = join(folder, `snippet-${i}.ts`);
    writeFileSync(path, code);
    const flags = ['--conditions=@pcam/source', '--import=tsx'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, path]);
    expect(stdout).toMatch(printed[i - 1]!);
  },
);
