// Runs this package's tests with an addon that checks every access, once for the best instruction set here and
// once for "wide", which is AVX-512's sources on AVX2.
//   node scripts/sanitize.mjs [arguments of vitest]      default: test/safety and the kernels' tests
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (process.platform !== 'linux') {
  console.log('skipped: the sanitized build is made for GCC on Linux');
  process.exit(0);
}
const built = build({
  into: 'build-sanitize',
  variables: { sanitize: 'address,undefined', wide: 1 },
  verbose: true,
});
if (built === undefined) process.exit(1);

// The C++ library beside it: its exceptions are watched too.
const libraries = ['libasan.so', 'libstdc++.so.6'].map((name) =>
  execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim(),
);
const tests = process.argv.slice(2);
// Speed, memory and what is packed say nothing here; tfjs-core's own specs take minutes.
const always = ['test/packed.test.ts', 'test/memory/**', 'test/conformance/**'];
// What is refused does not depend on the instruction set.
const left = { '': always, wide: [...always, 'test/safety/**', 'test/readme.test.ts'] };
for (const set of process.arch === 'x64' ? ['', 'wide'] : ['']) {
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...(tests.length > 0 ? tests : left[set].map((pattern) => `--exclude=${pattern}`)),
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        PCAM_NATIVE_ADDON: built,
        PCAM_ISA: set,
        // The second look may be shorter.
        PCAM_SECONDS_PER_PROPERTY: set === 'wide' ? '0.5' : '1',
        LD_PRELOAD: libraries.join(' '),
        // Node leaks by design; memory given back is kept from use for a while, but not much of it.
        ASAN_OPTIONS:
          'detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=1024:quarantine_size_mb=16',
        UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
      },
    },
  );
  if (status !== 0) process.exit(status ?? 1);
}
