// Builds the addon where no shipped binary fits and a compiler is there. An install never fails for want of one:
// the package then says in one line that it has no binary, and @pcam/engine goes on with another engine.
//   node scripts/install.mjs                     on install: quick where the binary is there
//   node scripts/install.mjs --build             shows what the compiler says, and fails where it fails
//   node scripts/install.mjs --sanitize LIST     into build-sanitize, e.g. address,undefined; see sanitize.mjs
import { build, isBuilt, isShipped, unsupported } from './build.mjs';

const verbose = process.argv.includes('--build');
const sanitize = process.argv.includes('--sanitize') ? process.argv.at(-1) : undefined;

function failure() {
  const why = unsupported();
  if (why !== undefined) return why;
  if (sanitize !== undefined) {
    const built = build({ into: 'build-sanitize', variables: { sanitize, wide: 1 }, verbose: true });
    return built ? undefined : 'the sanitized build failed';
  }
  if (!verbose && (isBuilt() || isShipped())) return undefined;
  if (build({ verbose })) return undefined;
  return 'no C++17 compiler, make, Python 3 and Node headers were found that work (node scripts/install.mjs --build shows how they fail)';
}

let why;
try {
  why = failure();
} catch (error) {
  why = String(error?.message ?? error).split('\n')[0];
}
if (why !== undefined) {
  console.log(`@pcam/tfjs-backend-native is not built: ${why}; programs go on with WebAssembly.`);
  if (verbose || sanitize) process.exitCode = 1;
}
