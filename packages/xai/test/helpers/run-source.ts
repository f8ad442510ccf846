import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const testFolder = fileURLToPath(new URL('../', import.meta.url));

/**
 * Runs a source in a process of its own, as if it stood in this package's test folder; gives what it printed.
 * @param beside files that it imports, by name.
 */
export async function runSource(
  source: string,
  name = 'main.ts',
  beside: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = mkdtempSync(join(testFolder, '.tmp-'));
  try {
    for (const [file, text] of Object.entries({ ...beside, [name]: source })) {
      writeFileSync(join(folder, file), text);
    }
    const flags = ['--conditions=@pcam/source', '--import=tsx'];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(folder, name)], {
      cwd: folder,
    });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
