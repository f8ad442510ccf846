import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

/** Runs a command, and has what it printed in the error where it fails. */
export async function command(file: string, args: readonly string[], cwd: string): Promise<string> {
  // The test's own flags (conditions, tsx) are not for a project outside the workspace.
  const { NODE_OPTIONS: _, ...env } = process.env;
  try {
    const { stdout } = await execute(file, args, {
      cwd,
      env,
      maxBuffer: 2 ** 26,
      shell: process.platform === 'win32',
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} ${args.join(' ')} failed:\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`);
  }
}

/** Packs what `pnpm publish` would publish, built anew where the sources are newer than the build. */
export async function pack(to: string): Promise<void> {
  const built = join(packageFolder, 'dist', 'index.js');
  const newest = Math.max(
    ...readdirSync(join(packageFolder, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
  if (!existsSync(built) || statSync(built).mtimeMs < newest) {
    await command(process.execPath, ['node_modules/tsup/dist/cli-default.js'], packageFolder);
  }
  const root: { packageManager: string } = JSON.parse(
    readFileSync(join(packageFolder, '../../package.json'), 'utf8'),
  );
  await command('npx', ['--yes', root.packageManager, 'pack', '--pack-destination', to], packageFolder);
  await rename(join(to, readdirSync(to).find((name) => name.endsWith('.tgz'))!), join(to, 'xai.tgz'));
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Serves a folder on a free port of this machine. */
export async function serve(folder: string): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url!, 'http://localhost').pathname);
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    try {
      const body = await readFile(file);
      response
        .writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
        .end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

/** A Chromium or Chrome of this machine, or undefined. `CHROMIUM` names another. */
export function findChromium(): string | undefined {
  return [
    process.env.CHROMIUM ?? '',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((path) => path !== '' && existsSync(path));
}
