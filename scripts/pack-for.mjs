// `npm run pack -- NAME … --to FOLDER`: packs packages and those of ours that they need, for a project outside this
// clone; all of them where none is named. The project installs them with `npm install FOLDER/*.tgz`.
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pack } from './pack.mjs';
import { publicPackages } from './packages.mjs';
import { fail, installAndBuild, parseFlags } from './workspace.mjs';

const { values, positionals } = parseFlags('Usage: npm run pack -- [NAME …] [--to FOLDER]', {
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
const lie = files.length === 1 ? '1 package lies' : `${files.length} packages lie`;
console.log(`${lie} in ${folder}; in your own project: npm install ${folder}/*.tgz`);
