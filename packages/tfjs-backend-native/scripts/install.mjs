// Builds the addon where no shipped binary fits and a compiler is there. An install never fails for want of one:
// the package then says in one line that it is absent, and @pcam/engine goes on with wasm.
//   node scripts/install.mjs [--build] [--sanitize address,undefined]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = process.argv.includes('--build');
const at = process.argv.indexOf('--sanitize');
const sanitize = at === -1 ? '' : process.argv[at + 1];

const absent = (why) => {
  console.log(`@pcam/tfjs-backend-native: not built: ${why}; programs that use it fall back to WebAssembly.`);
  process.exit(build ? 1 : 0);
};

if (!['linux', 'darwin'].includes(process.platform) || !['x64', 'arm64'].includes(process.arch)) {
  absent(`${process.platform}-${process.arch} is not supported (Linux and macOS on x64 and arm64 are)`);
}
if (!build && !sanitize && binary()) process.exit(0);

const headers = join(dirname(dirname(process.execPath)), 'include', 'node');
const gyp = spawnSync(
  process.execPath,
  [
    require.resolve('node-gyp/bin/node-gyp.js'),
    'rebuild',
    '--silent',
    `--jobs=${cpus().length}`,
    ...(existsSync(join(headers, 'node_api.h')) ? [`--nodedir=${dirname(dirname(headers))}`] : []),
    ...(sanitize ? [`--build_from_source`, '--', `-Dsanitize=${sanitize}`] : []),
  ],
  { cwd: root, encoding: 'utf8' },
);
if (gyp.status !== 0) {
  if (build) process.stderr.write(`${gyp.stdout}${gyp.stderr}`);
  absent(`the C++ compiler or Node's headers failed (node scripts/install.mjs --build shows how)`);
}

/** Whether a binary that loads here was shipped. */
function binary() {
  try {
    require('node-gyp-build')(root);
    return true;
  } catch {
    return false;
  }
}
