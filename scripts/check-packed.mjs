import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FORGE } from './packages.mjs';
import { root } from './workspace.mjs';

const TOLD = ['description', 'keywords', 'homepage', 'bugs', 'repository', 'license', 'author', 'engines'];
const RANGES = ['dependencies', 'optionalDependencies', 'peerDependencies'];

/**
 * What is wrong with tarballs of `packAll`, a line each: what npm would publish is held against what its users need.
 * @returns nothing where all is right.
 */
export async function checkPacked(tarballs) {
  const versions = new Map(tarballs.map(({ manifest }) => [manifest.name, manifest.version]));
  const wrong = tarballs.flatMap((tarball) =>
    [...ofManifest(tarball, versions), ...ofFiles(tarball)].map(
      (line) => `${tarball.manifest.name}: ${line}`,
    ),
  );
  const waiting = tarballs.map(({ file }) => file);
  const worker = async () => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      wrong.push(...(await tool('publint', ['--strict', file])));
      wrong.push(...(await tool('attw', ['--profile', 'esm-only', '--format', 'ascii', file])));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return wrong;
}

function* ofManifest({ manifest, directory }, versions) {
  for (const key of TOLD) if (manifest[key] === undefined) yield `package.json has no "${key}"`;
  if (manifest.private) yield 'it is private';
  const { url, directory: place } = manifest.repository ?? {};
  if (url !== `git+${FORGE}.git` || place !== directory) yield `"repository" is not ${directory} of ${FORGE}`;
  for (const kind of RANGES) {
    for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
      if (/^(workspace|catalog|link|file):/.test(range)) yield `${kind} has ${name}@${range}`;
      const version = versions.get(name);
      if (version !== undefined && range !== `^${version}`)
        yield `${name}@${range} is not the ^${version} here`;
      if (version === undefined && name.startsWith('@pcam/')) yield `${name} of ${kind} is not published`;
    }
  }
  if (JSON.stringify(manifest.exports).includes('@pcam/source')) yield 'its exports name sources';
}

function* ofFiles({ manifest, files }) {
  const needed = ['LICENSE', 'README.md', ...targets(manifest.exports), ...Object.values(manifest.bin ?? {})];
  // Changesets writes it with the first version.
  if (manifest.version !== '0.0.0') needed.push('CHANGELOG.md');
  for (const file of needed) {
    if (!files.includes(file.replace(/^\.\//, ''))) yield `${file} is not in the tarball`;
  }
  for (const [path, target] of Object.entries(manifest.exports)) {
    if (path !== './package.json' && target.types === undefined) yield `${path} has no types`;
  }
}

/** The files that `exports` leads to. */
function targets(value) {
  return typeof value === 'string' ? [value] : Object.values(value).flatMap(targets);
}

/** Runs a tool of the workspace; what it printed is a line of what is wrong where it fails. */
async function tool(name, args) {
  const child = spawn(join(root, 'node_modules', '.bin', name), args, {
    shell: process.platform === 'win32',
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      printed += text;
    });
  }
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  return status === 0 ? [] : [`${name} ${args.join(' ')}\n${printed}`];
}
