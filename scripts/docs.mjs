// `npm run docs`: the API reference of every public package, in docs/api, from source. Fails where an export has no
// documentation, a type that an export names is not exported, or a link leads nowhere.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application, LogLevel } from 'typedoc';
import { brokenLinks } from './docs-links.mjs';
import { FORGE, packages, publicPackages } from './packages.mjs';
import { fail, root } from './workspace.mjs';

/** Types that stay inside on purpose, as `@pcam/xai/src/file.ts:Name`, each with its reason. */
const NOT_EXPORTED = [
  // Steps on the way from the table's types to AttributionValues, which says what they come to.
  '@pcam/xai/src/attributions/by-name.ts:KeysOf',
  '@pcam/xai/src/attributions/by-name.ts:AllOptions',
  '@pcam/xai/src/attributions/by-name.ts:OfCommand',
  '@pcam/xai/src/attributions/by-name.ts:ValueAt',
  // The value of a described option, of OptionFlags.
  '@pcam/cli/src/option-flags.ts:ValueOf',
  // Only what is read from it is public: names, presets and options.
  '@pcam/models/src/registry.ts:Families',
];
/** Exports whose name and type say all, e.g. `@pcam/xai.Thing`, each with its reason. */
const NOT_DOCUMENTED = [];

const started = performance.now();
/** Entry files by the name under which they are imported, as `exports` has them. */
const modules = publicPackages().flatMap(({ folder, manifest }) =>
  Object.entries(manifest.exports)
    .filter(([, target]) => target['@pcam/source'] !== undefined)
    .map(([path, target]) => ({
      name: join(manifest.name, path),
      description: path === '.' ? manifest.description : undefined,
      entry: join(folder, target['@pcam/source']),
      readme: path === '.' ? join(folder, 'README.md') : undefined,
    })),
);

const app = await Application.bootstrap({
  name: '@pcam',
  entryPoints: modules.map(({ entry }) => entry),
  tsconfig: join(root, 'tsconfig.json'),
  skipErrorChecking: true, // `npm run typecheck` does.
  readme: 'none',
  highlightLanguages: ['ts', 'js', 'json', 'sh', 'python', 'text'],
  disableGit: true,
  disableSources: true,
  includeHierarchySummary: false,
  navigationLinks: { Repository: FORGE },
  excludeExternals: true,
  excludePrivate: true,
  excludeInternal: true,
  logLevel: LogLevel.Warn,
  packagesRequiringDocumentation: publicPackages().map(({ manifest }) => manifest.name),
  // Properties are told by their names and types where no comment says more.
  requiredToBeDocumented: ['Enum', 'Variable', 'Function', 'Class', 'Interface', 'TypeAlias'],
  intentionallyNotDocumented: NOT_DOCUMENTED,
});
const project = await app.convert();
if (project === undefined) fail('The sources could not be read; what is wrong stands above.');

// Modules come in the order of their entry files; their own names are paths.
const byPath = new Map(modules.map((module) => [module.entry, module]));
for (const reflection of project.children ?? []) {
  const module = byPath.get(project.getSymbolIdFromReflection(reflection)?.fileName);
  if (module === undefined) fail(`${reflection.name} is no entry of a public package.`);
  reflection.name = module.name;
  if (module.readme) reflection.readme = [{ kind: 'text', text: withoutTitle(module.readme) }];
  module.reflection = reflection;
}
project.readme = frontPage();

const NOTHING = {
  notExported: false,
  invalidLink: false,
  invalidPath: false,
  notDocumented: false,
  rewrittenLink: false,
  unusedMergeModuleWith: false,
};
validate({ invalidLink: true, invalidPath: true, notDocumented: true });
// typedoc asks this of one package; ours are several, and those that are bundled into them.
for (const { manifest } of packages()) {
  project.packageName = manifest.name;
  const names = NOT_EXPORTED.filter((name) => name.startsWith(`${manifest.name}/src/`));
  app.options.setValue('intentionallyNotExported', names);
  validate({ notExported: true });
}
project.packageName = undefined;
const wrong = app.logger.warningCount + app.logger.errorCount;
if (wrong > 0) fail(`${wrong} places of the API reference are to be mended: they stand above.`);
const folder = join(root, 'docs/api');
await app.generateDocs(project, folder);
const broken = brokenLinks(folder);
if (broken.length > 0) fail(`Links of the API reference that lead nowhere:\n${broken.join('\n')}`);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(`docs/api/index.html tells ${modules.length} modules, in ${seconds} s.`);

function validate(what) {
  app.options.setValue('validation', { ...NOTHING, ...what });
  app.validate(project);
}

/** Every package with what it is for, the paths within it behind it. */
function frontPage() {
  const links = modules.map(({ name, description, reflection }) => [
    { kind: 'text', text: description ? '\n- ' : ', and ' },
    { kind: 'inline-tag', tag: '@link', text: name, target: reflection },
    { kind: 'text', text: description ? `: ${description}` : '' },
  ]);
  return [{ kind: 'text', text: 'What each package exports, and its README.\n' }, ...links.flat()];
}

function withoutTitle(file) {
  return readFileSync(file, 'utf8').replace(/^# .*\n+/, '');
}
