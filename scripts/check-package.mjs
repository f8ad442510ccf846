// Checks what npm would publish from the current folder: publint and are-the-types-wrong on the packed tarball.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageManager, root } from './workspace.mjs';

const folder = mkdtempSync(join(tmpdir(), 'pcam-pack-'));
const check = (command, args) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const bin = (name) => join(root, 'node_modules', '.bin', name);
try {
  check('npx', ['--yes', packageManager, 'pack', '--pack-destination', folder]);
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  );
  check(bin('publint'), ['--strict', tarball]);
  check(bin('attw'), ['--profile', 'esm-only', tarball]);
} catch {
  process.exitCode = 1; // the tool has printed why
} finally {
  rmSync(folder, { recursive: true, force: true });
}
