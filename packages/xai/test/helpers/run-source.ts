import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const testFolder = fileURLToPath(new URL('../', import.meta.url));

/** Runs TypeScript in a process of its own, as if it stood in this package's test folder; gives what it printed. */
export async function runSource(source: string): Promise<string> {
  const folder = mkdtempSync(join(testFolder, '.tmp-'));
  try {
    const file = join(folder, 'main.ts');
    writeFileSync(file, source);
    const flags = ['--conditions=@pcam/source', '--import=tsx'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, file], { cwd: folder });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
