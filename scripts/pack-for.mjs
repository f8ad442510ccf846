// `npm run pack -- NAME … --to FOLDER`: packs packages and those of ours that they need, for a project outside this
// clone; all of them where none is named. The project installs them with `npm install FOLDER/*.tgz`.
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pack } from './pack.mjs';
import { publicPackages } from './packages.mjs';
import { fail, installAndBuild } from './workspace.mjs';

const { values, positionals } = parseArgs({
  options: { to: { type: 'string', default: 'packed' } },
  allowPositionals: true,
});
const known = publicPackages().map(({ manifest }) => manifest.name);
const unknown = positionals.find((name) => !known.includes(name));
if (unknown) fail(`${unknown} is no package of ours; there are ${known.join(', ')}.`);
const folder = resolve(values.to);

installAndBuild();
const names = positionals.length > 0 ? positionals : known;
// "…" takes the packages that a package needs, but those that it needs in development.
pack(
  folder,
  names.flatMap((name) => ['--filter-prod', `${name}...`]),
);
const files = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
console.log(`${files.length} packages lie in ${folder}; in your own project: npm install ${folder}/*.tgz`);
