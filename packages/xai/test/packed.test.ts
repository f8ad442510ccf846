import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, serve } from '../../../vitest.browser.js';
import { command, OFFLINE, pack } from '../../../vitest.packing.js';
import { difference } from './helpers/finite-difference.js';
import { files } from './helpers/readme.js';

interface Result {
  backend: string;
  shape: number[];
  maps: number[];
  colors: number[];
  pixels: number[];
  drawn?: number[];
  inWorker?: number[];
}

const browserPath = findChromium();
const unreachable =
  'the npm registry cannot be reached, so a project outside cannot install @tensorflow/tfjs';

describe('a project outside the workspace that installs the packed tarball', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'xai-consumer-'));
  let installed = true;
  let inNode: Result;
  let server: Server | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    cpSync(fileURLToPath(new URL('./consumer/', import.meta.url)), folder, { recursive: true });
    for (const [name, code] of Object.entries(files())) writeFileSync(join(folder, name), code);
    cpSync(join(folder, 'typed.mts'), join(folder, 'typed.cts'));
    for (const name of ['xai', 'tfjs-gradients']) {
      await pack(fileURLToPath(new URL(`../../${name}/`, import.meta.url)), join(folder, `${name}.tgz`));
    }
    try {
      await command(
        'npm',
        ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
        folder,
      );
    } catch (error) {
      if (!OFFLINE.test(String(error))) throw error;
      installed = false;
    }
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('explains its own LayersModel in Node', async ({ skip }) => {
    skip(!installed, unreachable);
    const printed = await command(process.execPath, ['node.js'], folder);
    inNode = JSON.parse(printed.slice(printed.indexOf('{"backend"')));
    expect(inNode.shape).toEqual([2, 32, 32]);
    expect(inNode.maps.every(Number.isFinite)).toBe(true);
    expect(Math.max(...inNode.maps) - Math.min(...inNode.maps)).toBeGreaterThan(1e-3);
  });

  it('is there for CommonJS, and for its compiler, from ES modules and from CommonJS', async ({ skip }) => {
    skip(!installed, unreachable);
    expect(await command(process.execPath, ['common.cjs'], folder)).toBe('function 4\n');
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext'];
    const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
    await command(process.execPath, [compiler, ...flags, 'typed.mts', 'typed.cts'], folder);
  });

  it('gives the same map bundled with vite in a Chromium page', async ({ skip }) => {
    skip(!installed, unreachable);
    skip(
      browserPath === undefined,
      'no Chromium is installed here; name one in the environment variable CHROMIUM',
    );
    await command(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel=error'], folder);
    const served = await serve(join(folder, 'dist'));
    server = served.server;
    browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox'] });
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(served.url);

    const onCpu = await explainIn(page, 'cpu');
    expect(errors).toEqual([]);
    expect(difference(onCpu.maps, inNode.maps)).toBeLessThan(1e-5);
    expect(onCpu.colors).toEqual(inNode.colors);
    expect(onCpu.drawn).toEqual(inNode.pixels);
    // The README's worker, on a backend of its own choice and from the image's bytes.
    const apart = onCpu.inWorker!.map((byte, i) => Math.abs(byte - inNode.pixels[i]!));
    expect(apart.reduce((sum, bytes) => sum + bytes, 0) / apart.length).toBeLessThan(1);

    const onWebgl = await explainIn(page, 'webgl');
    expect(onWebgl.backend).toBe('webgl');
    expect(difference(onWebgl.maps, inNode.maps)).toBeLessThan(1e-3);
  });
});

async function explainIn(page: Page, backend: string): Promise<Result> {
  await page.waitForFunction('window.explain');
  return (await page.evaluate(`window.explain('${backend}')`)) as Result;
}
