// Compiles the addon with node-gyp, and knows whether a binary belongs to the sources beside it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = ['binding.gyp', 'native'];
const binary = (folder) => join(folder, 'build', 'Release', 'pcam_native.node');
/** Beside a binary: the hash of its sources. */
const STAMP = 'sources.sha256';
const HERE = `${process.platform}-${process.arch}`;

/** One line where this platform is not supported. */
export function unsupported() {
  if (['linux', 'darwin'].includes(process.platform) && ['x64', 'arm64'].includes(process.arch))
    return undefined;
  return `${HERE} is not supported (Linux and macOS on x64 and arm64 are)`;
}

/** Whether the binary that was built here comes from these sources. */
export function isBuilt() {
  return existsSync(binary(root)) && isOfTheseSources(join(root, 'build', STAMP));
}

/** Whether a binary of these sources that loads here was shipped. */
export function isShipped() {
  if (!isShippedFor(HERE)) return false;
  rmSync(binary(root), { force: true }); // of other sources: it would be preferred
  try {
    require('node-gyp-build')(root);
    return true;
  } catch {
    return false;
  }
}

/** Whether there is a binary of these sources to ship for a platform, e.g. `linux-arm64`. */
export function isShippedFor(platform) {
  return isOfTheseSources(join(root, 'prebuilds', platform, STAMP), platform);
}

/** Copies the binary to where node-gyp-build finds it in a published package, and returns the folder. */
export function ship() {
  const { glibcVersionRuntime } = process.report.getReport().header;
  const tag = process.platform === 'linux' ? (glibcVersionRuntime ? '.glibc' : '.musl') : '';
  const to = join(root, 'prebuilds', HERE);
  mkdirSync(to, { recursive: true });
  copyFileSync(binary(root), join(to, `@pcam+tfjs-backend-native${tag}.node`));
  writeFileSync(join(to, STAMP), fingerprint());
  return to;
}

/**
 * Compiles what changed since the last time.
 * @param options `into`: a folder beside the sources to build in, instead of the package itself;
 *   `variables`: of binding.gyp; `verbose`: show what the compiler says.
 * @returns the binary's path, or undefined where the compiler, Python or Node's headers failed.
 */
export function build({ into = '.', variables = {}, verbose = false } = {}) {
  const folder = join(root, into);
  if (into !== '.') link(folder);
  const defines = Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  const headers = join(dirname(dirname(process.execPath)), 'include', 'node', 'node_api.h');
  const { status } = spawnSync(
    process.execPath,
    [
      require.resolve('node-gyp/bin/node-gyp.js'),
      'configure',
      'build',
      ...(verbose ? [] : ['--silent']),
      `--jobs=${availableParallelism()}`,
      ...(existsSync(headers) ? [`--nodedir=${dirname(dirname(dirname(headers)))}`] : []),
    ],
    { cwd: folder, stdio: verbose ? 'inherit' : 'ignore', env: { ...process.env, GYP_DEFINES: defines } },
  );
  if (status !== 0 || !existsSync(binary(folder))) {
    rmSync(binary(folder), { force: true }); // of older sources
    return undefined;
  }
  writeFileSync(join(folder, 'build', STAMP), fingerprint());
  return binary(folder);
}

/** node-gyp builds where it finds binding.gyp: another folder sees the sources through links. */
function link(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of [...SOURCES, 'package.json']) {
    if (!existsSync(join(folder, name))) symlinkSync(join('..', name), join(folder, name));
  }
}

function isOfTheseSources(stamp, platform = HERE) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(platform);
}

function fingerprint(platform = HERE) {
  const hash = createHash('sha256').update(platform);
  for (const file of SOURCES.flatMap((name) => files(join(root, name)))) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function files(path) {
  if (path.endsWith('.gyp')) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
