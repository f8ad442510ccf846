import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = dirname(fileURLToPath(import.meta.url));

/** What npm prints where its registry cannot be reached; tests that install then say that they were skipped. */
export const OFFLINE: RegExp = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/;

/** The environment without the test's own flags (conditions, tsx): they are not for a project outside. */
export function outsideEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return { ...env, ...more };
}

/** Runs a command, and has what it printed in the error where it fails. */
export async function command(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    const { stdout } = await execute(file, args, {
      cwd,
      env: outsideEnvironment(env),
      maxBuffer: 2 ** 26,
      shell: process.platform === 'win32',
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} ${args.join(' ')} failed:\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`);
  }
}

/** Builds a package anew where its sources are newer than what is built, and before it those that it needs. */
export async function build(packageFolder: string): Promise<void> {
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
    readFileSync(join(packageFolder, 'package.json'), 'utf8'),
  );
  for (const [name, range] of Object.entries(dependencies)) {
    if (range.startsWith('workspace:')) await build(join(packageFolder, 'node_modules', name));
  }
  const built = join(packageFolder, 'dist', 'index.js');
  const newest = Math.max(
    ...readdirSync(join(packageFolder, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
  if (!existsSync(built) || statSync(built).mtimeMs < newest) {
    await command(process.execPath, ['node_modules/tsup/dist/cli-default.js'], packageFolder);
  }
}

/**
 * Packs what `pnpm publish` would publish, built anew where that is needed.
 * @param tarball the file to write, `.tgz`.
 */
export async function pack(packageFolder: string, tarball: string): Promise<void> {
  await build(packageFolder);
  const { packageManager }: { packageManager: string } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  await command('npx', ['--yes', packageManager, 'pack', '--out', tarball], packageFolder);
}
