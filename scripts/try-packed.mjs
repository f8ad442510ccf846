import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { publicPackages } from './packages.mjs';
import { serveRegistry } from './registry.mjs';
import { root } from './workspace.mjs';

/** What npm prints where its registry cannot be reached. */
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/;
const SIZES = ['--epochs', '1', '--batch-size', '8', '--seed', '1'];
const SPLITS = ['train', 'valid', 'test'];

/**
 * Installs tarballs of `packAll` as their users will, in empty folders outside the workspace, and does there what the
 * READMEs begin with. The commands must compute what they do in the workspace, to the last bit.
 * @param folder an empty or new one is made in it.
 * @throws Error with what was printed, where something fails.
 */
export async function tryPacked(tarballs, folder) {
  const registry = await serveRegistry(tarballs);
  const project = (name) => emptyProject(join(folder, name), registry.url);
  try {
    await tryLibrary(project('library'));
    await tryCommands(project('commands'), tarballs);
  } catch (error) {
    if (!OFFLINE.test(error.message)) throw error;
    console.log('skipped: the npm registry cannot be reached, so that a project outside cannot install');
  } finally {
    registry.close();
  }
}

function emptyProject(folder, registry) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(join(folder, '.npmrc'), `@pcam:registry=${registry}\n`);
  return folder;
}

/** `npm install @pcam/xai`, with tfjs-core alone and then with all of tfjs, as its README has it. */
async function tryLibrary(folder) {
  await install(folder, '@pcam/xai', '@tensorflow/tfjs-core');
  const names = `console.log(Object.keys(await import('@pcam/xai')).sort().join())`;
  const installed = await program(folder, names);
  expectSame('what @pcam/xai exports', installed, await program(join(root, 'packages/xai'), names));
  const ours = readdirSync(join(folder, 'node_modules/@pcam')).join(' and ');

  await install(folder, '@tensorflow/tfjs');
  const readme = readFileSync(join(root, 'packages/xai/README.md'), 'utf8');
  const snippet = /^```ts\n([\s\S]*?)^```/m.exec(readme)[1];
  await program(folder, (await transform(snippet, { loader: 'ts' })).code);
  const count = installed.trim().split(',').length;
  console.log(`npm install @pcam/xai brings ${ours}, ${count} exports, and explains its README's model.`);
}

/** The commands from synthetic data to an evaluation, `pcam-train` alone at first. */
async function tryCommands(folder, tarballs) {
  const file = (name) => tarballs.find(({ manifest }) => manifest.name === name).file;
  await install(folder, file('pcam-train'));
  const bins = (name) => join(folder, 'node_modules', '.bin', name);
  const workspace = await story(workspaceBin, join(folder, 'workspace'));
  const data = join(folder, 'workspace/data');
  const train = await run(
    bins('pcam-train'),
    ['--data', data, '--out', 'none', '--dry-run', ...SIZES],
    folder,
  );
  const engine = /^engine: .*/m.exec(train)?.[0];
  if (engine === undefined) throw new Error(`pcam-train names no engine:\n${train}`);
  if (process.env.PCAM_REQUIRE_NATIVE && !engine.startsWith('engine: native')) {
    throw new Error(`the native engine is not there once pcam-train is installed: ${engine}`);
  }

  await install(folder, file('pcam-data'), file('pcam-evaluate'));
  const installed = await story(bins, join(folder, 'installed'));
  expectSame('metrics and weights', JSON.stringify(installed), JSON.stringify(workspace));
  console.log(`npm install pcam-train, pcam-data, pcam-evaluate computes what the workspace does; ${engine}`);
}

/** Data, a training and an evaluation of the smallest size; what they come to. */
async function story(bin, folder) {
  mkdirSync(folder);
  const counts = SPLITS.flatMap((split) => [`--${split}`, '24']);
  await run(bin('pcam-data'), ['synthesize', '--to', 'data', ...counts], folder);
  const data = ['--data', 'data'];
  await run(bin('pcam-train'), [...data, '--out', 'run', ...SIZES], folder);
  await run(bin('pcam-evaluate'), ['--run', 'run', ...data, '--out', 'evaluation', '--maps', '4'], folder);
  const weights = readFileSync(join(folder, 'run/checkpoints/best.safetensors'));
  const { auroc, accuracy, ece, logLoss } = JSON.parse(
    readFileSync(join(folder, 'evaluation/metrics.json'), 'utf8'),
  );
  return { auroc, accuracy, ece, logLoss, weights: createHash('sha256').update(weights).digest('hex') };
}

/** A command of the workspace, as built there. */
function workspaceBin(name) {
  const owner = publicPackages().find(({ manifest }) => manifest.bin?.[name] !== undefined);
  return join(owner.folder, owner.manifest.bin[name]);
}

function expectSame(what, installed, workspace) {
  if (installed !== workspace) {
    throw new Error(
      `${what} differ between an installed package and the workspace:\n${installed}\n${workspace}`,
    );
  }
}

function install(folder, ...names) {
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  return run('npm', ['install', ...flags, ...names], folder);
}

function program(folder, code) {
  return run(process.execPath, ['--input-type=module', '-e', code], folder);
}

/** @returns what it printed, on both streams. */
async function run(command, args, cwd) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  // Commands of the workspace are files that Node runs; installed ones are links or, on Windows, scripts.
  const [file, words] = command.endsWith('.js') ? [process.execPath, [command, ...args]] : [command, args];
  const child = spawn(file, words, {
    cwd,
    env,
    shell: process.platform === 'win32' && file !== process.execPath,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      printed += text;
    });
  }
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${status}:\n${printed}`);
  return printed;
}
