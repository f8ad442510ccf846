import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

/** The one place of the public address; manifests, READMEs and CITATION.cff are held to it by manifests.test.ts. */
export const FORGE = 'https://github.com/pcam-js/pcam';

/**
 * Every package of `packages/` and `apps/`, the private ones too.
 * @returns objects of `folder` (absolute), `directory` (within the repository) and `manifest`.
 */
export function packages() {
  return ['packages', 'apps'].flatMap((room) =>
    readdirSync(join(root, room))
      .sort()
      .filter((name) => existsSync(join(root, room, name, 'package.json')))
      .map((name) => {
        const folder = join(root, room, name);
        const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
        return { folder, directory: `${room}/${name}`, manifest };
      }),
  );
}

/** Those that are published. */
export function publicPackages() {
  return packages().filter(({ manifest }) => !manifest.private);
}
