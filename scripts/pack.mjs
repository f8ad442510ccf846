import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { publicPackages } from './packages.mjs';
import { pnpm } from './workspace.mjs';

/**
 * Packs packages as they would be published.
 * @param filters of pnpm, e.g. `['--filter', 'pcam-train']`.
 */
export function pack(folder, filters) {
  mkdirSync(folder, { recursive: true });
  pnpm(['--silent', ...filters, 'pack', '--pack-destination', folder], { quiet: true });
}

/**
 * Packs every public package.
 * @param folder an empty or new one.
 * @returns a tarball each: `file`, `manifest` and `files` as they are in it, `bytes`, and the package's `directory`.
 */
export function packAll(folder) {
  const ours = publicPackages();
  pack(
    folder,
    ours.flatMap(({ manifest }) => ['--filter', manifest.name]),
  );
  const tarballs = readdirSync(folder)
    .filter((name) => name.endsWith('.tgz'))
    .map((name) => read(join(folder, name)));
  return ours.map(({ directory, manifest: { name } }) => {
    const tarball = tarballs.find(({ manifest }) => manifest.name === name);
    if (tarball === undefined) throw new Error(`${name} was not packed into ${folder}.`);
    return { directory, ...tarball };
  });
}

function read(file) {
  const tar = (...args) => execFileSync('tar', [...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const files = tar('-tzf', file)
    .split('\n')
    .filter(Boolean)
    .map((name) => name.replace(/^package\//, ''));
  const manifest = JSON.parse(tar('-xOzf', file, 'package/package.json'));
  return { file, files, manifest, bytes: statSync(file).size };
}
