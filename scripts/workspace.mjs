import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The pinned pnpm, e.g. `pnpm@10.34.9`. */
export const { packageManager } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

/** Ends the process with one line that says what to do. */
export function fail(message, status = 1) {
  console.error(`\n${message}`);
  process.exit(status);
}

/** Flags and names as `parseArgs` reads them; `--help` shows the usage, and what is unknown ends with it in place of a stack. */
export function parseFlags(usage, { options, ...config }) {
  let parsed;
  try {
    parsed = parseArgs({ ...config, options: { ...options, help: { type: 'boolean', default: false } } });
  } catch (error) {
    fail(`${error.message}\n${usage}`);
  }
  if (parsed.values.help) {
    console.log(usage);
    process.exit();
  }
  return parsed;
}

/** The Node versions that `engines` allows; plain JavaScript, so that an old Node gets this line and no stack. */
export function requireNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(
      `Node ${version} is too old: install Node 20.19 or newer (https://nodejs.org), then run this again.`,
    );
  }
}

/** Runs a command in the workspace root and ends with its status if it fails. */
export function run(command, args, { hint, env, quiet } = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['inherit', quiet ? 'ignore' : 'inherit', 'inherit'],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  if (error) fail(`${command} could not start (${error.message}): ${hint ?? 'check that it is installed'}.`);
  if (status !== 0)
    fail(`${[command, ...args].join(' ')} ended with ${status}.${hint ? ` ${hint}` : ''}`, status ?? 1);
}

/** The pinned pnpm, fetched by npx where it is not what started this. */
export function pnpm(args, options = {}) {
  const started = process.env.npm_config_user_agent?.startsWith(`${packageManager.replace('@', '/')} `);
  const [command, ...first] = started ? ['pnpm'] : ['npx', '--yes', packageManager];
  run(command, [...first, ...args], {
    hint: 'npx comes with npm: check that npm works and reaches its registry.',
    ...options,
  });
}

/** Installs what the lock file names and builds every package; quick when nothing changed. */
export function installAndBuild() {
  requireNode();
  if (process.env.PCAM_BUILT) return; // .ci/run says that it has just been done
  const started = performance.now();
  pnpm(['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=warn'], {
    hint: 'Check that the npm registry is reachable; after editing a package.json run "pnpm install" once.',
  });
  const installed = performance.now();
  // turbo looks for the pinned pnpm on the PATH, where `pnpm exec` puts it.
  pnpm(['exec', 'turbo', 'run', 'build', '--output-logs=errors-only'], {
    hint: 'What failed in the build stands above.',
  });
  const seconds = (from, to) => `${Math.round((to - from) / 1000)} s`;
  console.log(
    `installed in ${seconds(started, installed)}, built in ${seconds(installed, performance.now())}`,
  );
}
