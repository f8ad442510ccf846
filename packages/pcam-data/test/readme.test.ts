import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SOURCE_FLAGS } from './support/files.js';

const here = fileURLToPath(new URL('.', import.meta.url));

it('the snippets of the README run, one after another', async () => {
  const readme = await readFile(join(here, '../README.md'), 'utf8');
  const snippets = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((m) => m[1]!);
  expect(snippets.length).toBeGreaterThan(1);
  const dir = await mkdtemp(join(here, '.tmp-readme-'));
  try {
    for (const [k, snippet] of snippets.entries()) await writeFile(join(dir, `${k}.ts`), snippet);
    await writeFile(join(dir, 'main.ts'), snippets.map((_, k) => `await import('./${k}.js');\n`).join(''));
    const out = execFileSync(process.execPath, [...SOURCE_FLAGS, 'main.ts'], { cwd: dir, encoding: 'utf8' });
    expect(out).toContain('data/train 24 96×96');
    expect(out).toMatch(/^true$/m);
  } finally {
    await rm(dir, { recursive: true });
  }
});
