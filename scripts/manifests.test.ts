import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORGE, packages, publicPackages } from './packages.mjs';
import { root } from './workspace.mjs';

const ours = publicPackages();
/** In one wording, to be taken out of all of them at once when it is no longer true. */
const UNPUBLISHED = `Not on npm yet. Until it is, pack it in a clone of [the repository](${FORGE}), with those of ours that it needs, and install the files:`;
const named = ours.map((found) => [found.manifest.name, found] as const);

describe('manifests', () => {
  it.each(named)('%s says where it comes from and whose it is', (_, { manifest, directory }) => {
    expect(manifest).toMatchObject({
      homepage: `${FORGE}/tree/main/${directory}#readme`,
      bugs: { url: `${FORGE}/issues` },
      repository: { type: 'git', url: `git+${FORGE}.git`, directory },
      license: 'MIT',
      author: 'The @pcam authors',
      engines: { node: '>=20.19' },
      publishConfig: { access: 'public' },
    });
    expect(manifest.description.length).toBeGreaterThan(20);
    expect(manifest.keywords.length).toBeGreaterThan(2);
    expect(manifest.scripts.prepublishOnly).toBe('node ../../scripts/guard-publish.mjs');
  });

  it.each(named)('%s publishes what the workspace has, but for sources', (_, { manifest }) => {
    const published = Object.fromEntries(
      Object.entries<unknown>(manifest.exports).map(([path, target]) => {
        if (typeof target === 'string') return [path, target];
        const { '@pcam/source': __, ...rest } = target as Record<string, string>;
        return [path, rest];
      }),
    );
    expect(manifest.publishConfig.exports).toEqual(published);
  });

  it('hold tfjs, whose internals are patched, at one version that the catalog names', () => {
    const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
    const held = [...catalog.matchAll(/"(@tensorflow\/.*)": (.*)/g)].map(([, name, range]) => [name, range]);
    expect(new Set(held.map(([, range]) => range))).toEqual(new Set(['~4.22.0']));
    const known = new Map<string | undefined, string>(held.map(([name]) => [name, 'catalog:']));
    for (const { manifest } of packages()) {
      for (const kind of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
        for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
          if (name.startsWith('@tensorflow/')) expect([name, range]).toEqual([name, known.get(name)]);
        }
      }
    }
  });

  it('ask for no package whose install script downloads libtensorflow', () => {
    for (const { manifest } of packages()) {
      const asked = {
        ...manifest.dependencies,
        ...manifest.devDependencies,
        ...manifest.optionalDependencies,
      };
      expect(Object.keys(asked).filter((name) => name.startsWith('@tensorflow/tfjs-node'))).toEqual([]);
    }
  });

  it('agree with the citation', () => {
    const citation = readFileSync(join(root, 'CITATION.cff'), 'utf8');
    expect(citation).toContain(`repository-code: ${FORGE}\n`);
  });
});

describe('a README', () => {
  it.each(named)('of %s has no link that ends at the tarball', (_, { folder }) => {
    const text = readFileSync(join(folder, 'README.md'), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    const headings = [...text.matchAll(/^#+ (.*)/gm)].map(([, heading]) => anchor(heading!));
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
    for (const link of links) {
      if (link.startsWith('#')) expect(headings).toContain(link.slice(1));
      else expect(link).toMatch(/^https:/);
      // What the repository is asked for is there.
      const path = new RegExp(`^${FORGE}/(?:tree|blob|raw)/main/([^#]+)`).exec(link)?.[1];
      if (path !== undefined) expect([link, existsSync(join(root, path))]).toEqual([link, true]);
      else expect([FORGE, false]).toContain(link.startsWith(FORGE) ? link : false);
    }
  });

  it.each(named)('of %s says how to use it before it is published', (name, { folder }) => {
    const text = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(text).toContain(`npm install ${name}`);
    expect(text).toContain(UNPUBLISHED);
    expect(text).toMatch(new RegExp(`^npm run pack -- ${name} .*--to ~/pcam-packed .*# in the clone$`, 'm'));
    expect(text).toMatch(/^npm install ~\/pcam-packed\/\*\.tgz .*# in your own folder$/m);
  });
});

describe('publishing by hand', () => {
  it.each(['npm', 'pnpm'])('%s publish is refused in one line', (tool) => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/guard-publish.mjs')], {
      encoding: 'utf8',
      env: { npm_config_user_agent: `${tool}/10.34.9 node/v20`, npm_package_name: '@pcam/xai' },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^@pcam\/xai is published by "npm run release" at the top .*\n$/);
  });

  it('npm run release --dry-run, which npm would hand over as a release, is refused', () => {
    const env = { ...process.env, npm_config_dry_run: 'true' };
    const release = [join(root, 'scripts/release.mjs')];
    const { status, stderr } = spawnSync(process.execPath, release, { encoding: 'utf8', env });
    expect([status, stderr.trim()]).toEqual([1, expect.stringContaining('npm run release -- --dry-run')]);
  });

  it('the release is not', () => {
    const env = { npm_config_user_agent: 'pnpm/10.34.9 npm/? node/v20', PCAM_RELEASE: '1' };
    expect(spawnSync(process.execPath, [join(root, 'scripts/guard-publish.mjs')], { env }).status).toBe(0);
  });
});

/** The anchor that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
