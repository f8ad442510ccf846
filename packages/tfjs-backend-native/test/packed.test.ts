import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, OFFLINE, outsideEnvironment, pack } from '../../../vitest.packing.js';

const PACKAGE = '@pcam/tfjs-backend-native';
const unreachable = 'the npm registry cannot be reached, so a project outside cannot install';
/** Prints a product of two matrices, or why the backend is not there. */
const PROGRAM = `
import * as tf from '@tensorflow/tfjs-core';
import { unavailable } from '${PACKAGE}';
if (unavailable) console.log(unavailable);
else {
  await tf.setBackend('native');
  console.log((await tf.matMul([[1, 2]], [[3], [4]]).data())[0]);
}`;
const ABSENT = `no binary of ${PACKAGE} loads on ${process.platform}-${process.arch}`;

describe('a project outside the workspace that installs the packed tarball', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'native-consumer-'));
  const installed = join(folder, 'node_modules', PACKAGE);
  const binary = join(installed, 'build', 'Release', 'pcam_native.node');
  let reached = true;

  beforeAll(async () => {
    await pack(fileURLToPath(new URL('../', import.meta.url)), join(folder, 'native.tgz'));
    writeFileSync(join(folder, 'program.mjs'), PROGRAM);
    const dependencies = { [PACKAGE]: 'file:./native.tgz', '@tensorflow/tfjs-core': '~4.22.0' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    try {
      await command('npm', ['install', ...flags], folder);
    } catch (error) {
      if (!OFFLINE.test(String(error))) throw error;
      reached = false;
    }
    // These tests begin without a shipped binary, also where a release was rehearsed in this clone.
    rmSync(join(installed, 'prebuilds'), { recursive: true, force: true });
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the install script with nothing but Node, a shell and `tools` on the PATH. */
  function install(tools: readonly string[], flags: readonly string[] = []): string {
    const bin = mkdtempSync(join(folder, 'bin-'));
    const find = (tool: string): string | undefined =>
      (process.env.PATH ?? '')
        .split(delimiter)
        .map((place) => join(place, tool))
        .find((file) => existsSync(file));
    for (const tool of ['sh', ...tools]) {
      const file = find(tool);
      if (file) symlinkSync(file, join(bin, tool));
    }
    symlinkSync(process.execPath, join(bin, 'node'));
    const script = join(installed, 'scripts', 'install.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, script], {
      cwd: installed,
      env: outsideEnvironment({ PATH: bin }),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout;
  }

  const run = (): Promise<string> => command(process.execPath, ['program.mjs'], folder);

  it.for([[], ['python3'], ['python3', 'make']])(
    'installs with one line where there is no compiler, but %j',
    async (tools, { skip }) => {
      skip(!reached, unreachable);
      expect(install(tools)).toMatch(
        /^@pcam\/tfjs-backend-native is not built: no C\+\+17 compiler, .*WebAssembly\.\n$/,
      );
      expect(await run()).toBe(`${ABSENT}\n`);
    },
  );

  it('installs with one line on a platform that is not supported', ({ skip }) => {
    skip(!reached, unreachable);
    const other = `data:text/javascript,Object.defineProperty(process,'platform',{value:'win32'})`;
    expect(install([], ['--import', other])).toContain('win32-');
  });

  it('is built on install, and not again where the binary is there', async ({ skip }) => {
    skip(!reached, unreachable);
    // Unoptimised: this is about the build, which is several times as fast so.
    await command('npm', ['rebuild', PACKAGE, '--foreground-scripts'], folder, { CXXFLAGS: '-O0' });
    expect(await run()).toBe('11\n');
    expect(install([])).toBe('');
  });

  it('loads a shipped binary without a compiler', async ({ skip }) => {
    skip(!reached, unreachable);
    const build = JSON.stringify(join(installed, 'scripts', 'build.mjs'));
    await command(
      process.execPath,
      ['--input-type=module', '-e', `(await import(${build})).ship()`],
      installed,
    );
    expect(readdirSync(join(installed, 'prebuilds'))).toEqual([`${process.platform}-${process.arch}`]);
    rmSync(join(installed, 'build'), { recursive: true });
    expect(install([])).toBe('');
    expect(await run()).toBe('11\n');
  });

  it('never leaves a binary of older sources', async ({ skip }) => {
    skip(!reached, unreachable);
    rmSync(join(installed, 'prebuilds'), { recursive: true });
    mkdirSync(join(installed, 'build', 'Release'), { recursive: true });
    writeFileSync(binary, '');
    appendFileSync(join(installed, 'native', 'addon.cc'), '// newer\n');
    expect(install([])).toContain('is not built');
    expect(existsSync(binary)).toBe(false);
  });
});
