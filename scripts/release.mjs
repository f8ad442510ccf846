// `npm run release`: builds, packs and checks every public package, tries them as a user would, and publishes them.
// `npm run release -- --dry-run` publishes nothing, and takes packages that have no version yet and the binary of this
// machine alone. CONTRIBUTING.md tells what comes before.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBuilt, isShippedFor, ship } from '../packages/tfjs-backend-native/scripts/build.mjs';
import { checkPacked } from './check-packed.mjs';
import { packAll } from './pack.mjs';
import { publicPackages } from './packages.mjs';
import { tryPacked } from './try-packed.mjs';
import { fail, installAndBuild, parseFlags, pnpm, root } from './workspace.mjs';

/** The platforms whose binary of the native engine is shipped; others compile it. */
const SHIPPED = ['linux-x64', 'linux-arm64'];

const USAGE = 'Usage: npm run release -- [--dry-run, which publishes nothing]';
const { values } = parseFlags(USAGE, { options: { 'dry-run': { type: 'boolean', default: false } } });
const dry = values['dry-run'];
if (process.env.npm_config_dry_run === 'true') {
  fail('npm took --dry-run for its own: run "npm run release -- --dry-run", with -- before it.');
}
if (!dry) refuseTooEarly();

installAndBuild();
const here = `${process.platform}-${process.arch}`;
if (isBuilt() && !isShippedFor(here)) ship();
const folder = mkdtempSync(join(tmpdir(), 'pcam-release-'));
try {
  const tarballs = packAll(folder);
  console.log(`\n${table(tarballs)}\n`);
  const wrong = await checkPacked(tarballs);
  if (wrong.length > 0) throw new Error(`Packed packages are to be mended:\n${wrong.join('\n')}`);
  await tryPacked(tarballs, folder);
} catch (error) {
  rmSync(folder, { recursive: true, force: true });
  fail(error.message);
}
rmSync(folder, { recursive: true, force: true });
if (dry) {
  console.log(`\n${publicPackages().length} packages could be published. Nothing was: this is a dry run.`);
} else {
  pnpm(['exec', 'changeset', 'publish'], { env: { PCAM_RELEASE: '1' } });
}

function refuseTooEarly() {
  const changed = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }).trim();
  if (changed !== '') {
    fail(
      `Published is what is committed, and ${changed.split('\n').length} files are not: commit them first.`,
    );
  }
  const waiting = readdirSync(join(root, '.changeset')).filter((name) => name.endsWith('.md'));
  if (waiting.length > 0) {
    fail(
      `${waiting.length} changesets wait: run "npm run version-packages", commit what it changed, then release.`,
    );
  }
  const unnumbered = publicPackages().filter(({ manifest }) => manifest.version === '0.0.0');
  if (unnumbered.length > 0) {
    fail(
      `${unnumbered.map(({ manifest }) => manifest.name).join(', ')} have no version: give them a changeset.`,
    );
  }
  const missing = SHIPPED.filter((platform) => !isShippedFor(platform));
  if (missing.length > 0) {
    fail(
      `The native engine's binaries for ${missing.join(' and ')} are missing or of other sources: run "pnpm --filter @pcam/tfjs-backend-native build:shipped" there, and put what it made under packages/tfjs-backend-native/prebuilds.`,
    );
  }
}

function table(tarballs) {
  const rows = tarballs.map(({ manifest: { name, version }, bytes, files }) => [
    `${name}@${version}`,
    `${(bytes / 1000).toFixed(0)} kB`,
    `${files.length} files`,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(([name, ...more]) => [
      name.padEnd(widths[0]),
      ...more.map((text, i) => text.padStart(widths[i + 1])),
    ])
    .map((cells) => cells.join('  '))
    .join('\n');
}
