import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packages as all } from './packages.mjs';
import { root } from './workspace.mjs';

/** What each package may import of ours; arrows only point up. `docs/architecture.md` shows the same table. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  options: [],
  files: [],
  metrics: [],
  cli: [],
  'pcam-data': [],
  'tfjs-gradients': [],
  models: ['tfjs-gradients'],
  xai: ['tfjs-gradients'],
  'tfjs-backend-native': [],
  engine: ['tfjs-gradients', 'tfjs-backend-native'],
  training: ['metrics', 'pcam-data', 'tfjs-gradients', 'models', 'xai'],
  evaluation: ['metrics', 'pcam-data', 'tfjs-gradients', 'models', 'xai', 'training'],
  figures: ['metrics', 'xai'],
};

/** Private, and bundled into what uses them. */
const BUNDLED = ['options', 'files'];

const rooms = Object.keys(ROOMS);
const packages = all().filter(({ directory }) => directory.startsWith('packages/'));

function sourcesOf(folder: string): readonly string[] {
  return readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => join(folder, 'src', name));
}

/** Those of ours, without the scope. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'@pcam\/([\w-]+)/g)].map(([, name]) => name!);
}

describe('the rooms', () => {
  it('are all packages, each below what it imports', () => {
    expect(packages.map(({ manifest }) => manifest.name.replace('@pcam/', '')).sort()).toEqual(
      [...rooms].sort(),
    );
    for (const [room, imports] of Object.entries(ROOMS)) {
      for (const name of imports)
        expect(rooms.indexOf(name), `${room}: ${name}`).toBeLessThan(rooms.indexOf(room));
    }
  });

  it.each(packages)('$directory depends on what it may', ({ manifest }) => {
    const { dependencies, optionalDependencies, peerDependencies } = manifest;
    const named = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    const ours = named.filter((name) => name.startsWith('@pcam/')).map((name) => name.replace('@pcam/', ''));
    expect(ROOMS[manifest.name.replace('@pcam/', '')]).toEqual(expect.arrayContaining(ours));
  });

  it.each(packages)('$directory imports what it may', ({ directory, manifest }) => {
    const room = manifest.name.replace('@pcam/', '');
    const allowed = [...ROOMS[room]!, ...BUNDLED];
    const strangers = sourcesOf(directory).flatMap((file) =>
      importsOf(file).flatMap((name) => (allowed.includes(name) ? [] : [`${file}: @pcam/${name}`])),
    );
    expect(strangers).toEqual([]);
  });

  it('stand in docs/architecture.md as they stand here', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `@pcam\/([\w-]+)` +\|.*\| ([^|]*?) *\|$/gm)];
    const shown = rows.map(([, name, imports]) => [
      name,
      [...imports!.matchAll(/`([\w-]+)`/g)].map((m) => m[1]),
    ]);
    expect(shown).toEqual(Object.entries(ROOMS));
  });
});
