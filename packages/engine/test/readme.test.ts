import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));

test('the README’s example runs', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const snippets = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
  expect(snippets.length).toBe(1);
  const folder = await mkdtemp(join(root, 'test', '.tmp-'));
  try {
    for (const [i, snippet] of snippets.entries()) {
      const file = join(folder, `snippet-${i}.ts`);
      await writeFile(file, snippet);
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--conditions=@pcam/source',
        '--import=tsx',
        file,
      ]);
      expect(stdout).toMatch(/^(tensorflow|native|wasm) on .*: /);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
