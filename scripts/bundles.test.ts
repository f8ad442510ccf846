import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build as vite } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import webpack from 'webpack';
import { findChromium, serve } from '../vitest.browser.js';
import { build } from '../vitest.packing.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const PACKAGES = ['engine', 'metrics', 'models', 'pcam-data', 'tfjs-gradients', 'training', 'xai'] as const;

/** A project of a page's author: what is built, as it would lie in node_modules, and a page that uses all of it. */
const project = mkdtempSync(join(tmpdir(), 'pcam-bundles-'));
const modules = join(project, 'node_modules');
const PAGE = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';

beforeAll(async () => {
  mkdirSync(join(modules, '@pcam'), { recursive: true });
  for (const name of PACKAGES) {
    await build(join(root, 'packages', name));
    symlinkSync(join(root, 'packages', name), join(modules, '@pcam', name), 'junction');
  }
  symlinkSync(
    join(root, 'packages/engine/node_modules/@tensorflow'),
    join(modules, '@tensorflow'),
    'junction',
  );
  cpSync(join(root, 'scripts/bundles/page.js'), join(project, 'page.js'));
}, 300_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

async function withEsbuild(code: string, more: esbuild.BuildOptions = {}): Promise<Uint8Array> {
  const { outputFiles, warnings } = await esbuild.build({
    stdin: { contents: code, resolveDir: project },
    bundle: true,
    format: 'esm',
    logLevel: 'silent',
    write: false,
    ...more,
  });
  expect(warnings).toEqual([]);
  return outputFiles![0]!.contents;
}

describe('esbuild', () => {
  it.each(PACKAGES)('bundles @pcam/%s for a browser', async (name) => {
    const bundle = await withEsbuild(`export * from '@pcam/${name}';`, { external: ['@tensorflow/*'] });
    expect(new TextDecoder().decode(bundle)).not.toMatch(
      /(from|import\() ?["'](node:|fs|os|path|util|module)/,
    );
  });

  it('leaves what reads files and images to @pcam/pcam-data/node', async () => {
    const loaded = async (name: string): Promise<string[]> => {
      const { metafile } = await esbuild.build({
        stdin: { contents: `export * from '${name}';`, resolveDir: project },
        bundle: true,
        format: 'esm',
        platform: 'node',
        external: ['@tensorflow/*', 'sharp', 'h5wasm/*'],
        outdir: project,
        write: false,
        metafile: true,
        logLevel: 'silent',
      });
      return Object.values(metafile.outputs).flatMap((file) => file.imports.map(({ path }) => path));
    };
    const libraries = ['sharp', 'h5wasm/node'];
    expect(await loaded('@pcam/pcam-data/node')).toEqual(expect.arrayContaining(libraries));
    const inBrowsers = await loaded('@pcam/pcam-data');
    expect(inBrowsers.filter((path) => !path.startsWith('@tensorflow/'))).toEqual([]);
  });

  const over = { external: ['@tensorflow/*'] };
  it.each<[string, RegExp, string, esbuild.BuildOptions]>([
    ['a LayersModel', /of a LayersModel takes ([\d.]+) kB/, '{ fromLayersModel, gradCam }', over],
    ['a GraphModel', /of a GraphModel ([\d.]+) kB/, '{ fromGraphModel, gradCam }', over],
    ['all', /all that is here\s+([\d.]+) kB/, '*', over],
    ['colours, and no tfjs', /display`, are ([\d.]+) kB/, '*', {}],
  ])('@pcam/xai takes of a page what its README says: %s', async (what, told, names, more) => {
    const from = what.startsWith('colours') ? '@pcam/xai/display' : '@pcam/xai';
    const bundle = await withEsbuild(`export ${names} from '${from}';`, { minify: true, ...more });
    const readme = readFileSync(join(root, 'packages/xai/README.md'), 'utf8');
    const kilobytes = Number(told.exec(readme)?.[1]);
    expect(Math.abs(gzipSync(bundle).length / 1000 / kilobytes - 1)).toBeLessThan(0.05);
  });
});

describe('a page of all packages', () => {
  const browserPath = findChromium();
  let server: Server | undefined;
  let address: string;
  let browser: Browser | undefined;

  const bundlers: Readonly<Record<string, (out: string) => Promise<void>>> = {
    async esbuild(out) {
      writeFileSync(join(out, 'page.js'), await withEsbuild(`import './page.js';`));
      writeFileSync(join(out, 'index.html'), `${PAGE}<script type="module" src="./page.js"></script>`);
    },
    async vite(out) {
      writeFileSync(join(project, 'index.html'), `${PAGE}<script type="module" src="./page.js"></script>`);
      const options = { outDir: out, emptyOutDir: true, minify: false, target: 'es2022' } as const;
      await vite({ root: project, base: './', configFile: false, logLevel: 'error', build: options });
    },
    async webpack(out) {
      writeFileSync(join(out, 'index.html'), `${PAGE}<script src="./page.js"></script>`);
      const stats = await new Promise<webpack.Stats>((resolve, reject) =>
        webpack(
          {
            mode: 'production',
            context: project,
            entry: './page.js',
            output: { path: out, filename: 'page.js' },
            optimization: { minimize: false },
            performance: { hints: false },
          },
          (error, result) => (result ? resolve(result) : reject(error)),
        ),
      );
      const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
      expect([...errors!, ...warnings!].map(({ message }) => message)).toEqual([]);
    },
  };

  beforeAll(async () => {
    const served = await serve(project);
    server = served.server;
    address = served.url;
    if (browserPath) {
      browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    }
    const wasm = join(root, 'packages/engine/node_modules/@tensorflow/tfjs-backend-wasm/dist');
    const files = (path: string): boolean => path === wasm || path.endsWith('.wasm');
    cpSync(wasm, join(project, 'wasm'), { recursive: true, filter: files });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function open(path: string): Promise<Page> {
    const page = await browser!.newPage();
    page.on('pageerror', (error) => {
      throw error;
    });
    await page.goto(`${address}${path}/`);
    return page;
  }

  it.each(Object.keys(bundlers))('bundled by %s, trains and explains in Chromium', async (name) => {
    const out = join(project, name);
    mkdirSync(out);
    await bundlers[name]!(out);
    if (!browser) return; // It is bundled at least.
    const page = await open(name);
    const { losses, ...done } = (await page.evaluate('work()')) as Record<string, unknown>;
    expect(losses).toEqual([expect.closeTo(Math.LN2, 1)]);
    expect(done).toEqual({
      engine: 'wasm',
      why: 'wasm is the fastest that starts; passed over tensorflow on CUDA: in Node only; native: in Node only; tensorflow: in Node only',
      auroc: expect.any(Number),
      shape: [1, 64, 64],
      pixels: 4 * 64 * 64,
    });
  });

  it('says on a page which engine cannot start, and why', async ({ skip }) => {
    skip(!browser, 'no Chromium is installed here; name one in the environment variable CHROMIUM');
    const page = await open('esbuild');
    expect(await page.evaluate('refusals()')).toEqual({
      native: 'engine "native" runs in Node only; here are webgpu, wasm, cpu',
      webgpu: expect.stringMatching(/^engine "webgpu" cannot start: /),
      wrongFolder: expect.stringMatching(
        /could not be loaded from "\/nowhere"; mend it with: .*give wasmPaths/,
      ),
      auto: expect.stringMatching(
        /^cpu is the fastest that starts; .* looks in no other: load the page anew/,
      ),
    });
  });
});
