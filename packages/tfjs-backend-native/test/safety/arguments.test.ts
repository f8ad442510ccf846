import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('no argument whatsoever of any function of the addon does more than throw an error', {
  timeout: 300_000,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'native-fuzz-'));
  try {
    const log = join(folder, 'log');
    const script = fileURLToPath(new URL('./fuzz.ts', import.meta.url));
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@pcam/source', '--import=tsx', script, log],
      { encoding: 'utf8', timeout: 280_000 },
    );
    const call = (): string => readFileSync(log, 'utf8').slice(0, 2000);
    expect(signal ?? status, `${stderr.slice(0, 4000)}\nat ${status === 0 ? '' : call()}`).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
