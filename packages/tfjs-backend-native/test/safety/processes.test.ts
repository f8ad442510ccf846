import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const addonModule = pathToFileURL(fileURLToPath(new URL('../../src/addon.ts', import.meta.url))).href;

/** A product of two matrices of ones on threads, in a process or worker of its own; `addon` is loaded. */
const PRODUCT = `
  const n = 160;
  const ones = () => new Float32Array(n * n).fill(1);
  const product = () => {
    const c = new Float32Array(n * n);
    addon.matmul(ones(), ones(), null, c, 1, n, n, n, false, false, false, false, 0);
    return c.every((value) => value === n);
  };`;

function runScript(script: string, env: Readonly<Record<string, string>> = {}): string {
  const flags = ['--conditions=@pcam/source', '--import=tsx', '--input-type=module'];
  const load = `import { loadAddon } from ${JSON.stringify(addonModule)}; const addon = loadAddon();`;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, '-e', `${load}${PRODUCT}${script}`],
    { cwd: import.meta.dirname, env: { ...process.env, ...env }, encoding: 'utf8', timeout: 100_000 },
  );
  expect(signal ?? status, stderr.slice(0, 3000)).toBe(0);
  return stdout.trim();
}

test.each([
  ['0', cpus().length],
  ['-1', cpus().length],
  ['abc', cpus().length],
  ['', cpus().length],
  ['1', 1],
  ['3', 3],
  ['1000', 256],
])('PCAM_THREADS=%s gives %i threads, and the process ends while they live', (given, count) => {
  const script = `console.log(addon.threads(), product());`;
  expect(runScript(script, { PCAM_THREADS: given })).toBe(`${Math.min(count, 256)} true`);
});

/** Loads the binary alone, as a second copy of this package would. */
const binary = (): string => {
  const named = process.env.PCAM_NATIVE_ADDON;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  return (
    named ?? (createRequire(import.meta.url)('node-gyp-build') as { path(folder: string): string }).path(root)
  );
};
const WORKER = `
  const { createRequire } = process.getBuiltinModule
    ? process.getBuiltinModule('node:module')
    : require('node:module');
  const { parentPort } = require('node:worker_threads');
  const addon = createRequire(${JSON.stringify(import.meta.filename)})(${JSON.stringify(binary())});
  ${PRODUCT}
  let right = true;
  for (let i = 0; i < 60; i++) right = product() && right;
  parentPort.postMessage(right);`;

test('worker threads and the main thread compute at once, while the number of threads changes', () => {
  const script = `
    import { Worker } from 'node:worker_threads';
    const workers = [1, 2].map(() => new Promise((resolve, reject) => {
      const worker = new Worker(${JSON.stringify(WORKER)}, { eval: true, execArgv: [] });
      worker.once('message', resolve).once('error', reject);
    }));
    let right = true;
    let done = false;
    const all = Promise.all(workers).finally(() => { done = true; });
    for (let i = 0; !done; i++) {
      addon.setThreads(1 + (i % 4));
      right = product() && right;
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log(right, ...(await all));`;
  expect(runScript(script)).toBe('true true true');
});

test('threads outlive the worker that alone loaded the addon', () => {
  const script = `
    import { Worker } from 'node:worker_threads';
    const answers = [];
    for (let i = 0; i < 3; i++) {
      answers.push(await new Promise((resolve, reject) => {
        const worker = new Worker(${JSON.stringify(WORKER)}, { eval: true, execArgv: [] });
        let answer;
        worker.once('message', (right) => { answer = right; });
        worker.once('error', reject).once('exit', () => resolve(answer));
      }));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    console.log(...answers);`;
  const flags = ['--input-type=module', '-e', script];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, flags, {
    encoding: 'utf8',
    timeout: 100_000,
  });
  expect(signal ?? status, stderr).toBe(0);
  expect(stdout.trim()).toBe('true true true');
});

test('a process that ends in the middle of things ends with its own status', () => {
  const flags = ['--conditions=@pcam/source', '--import=tsx', '--input-type=module'];
  const script = `import { loadAddon } from ${JSON.stringify(addonModule)}; const addon = loadAddon();
    ${PRODUCT} addon.setThreads(4); product(); addon.allocate(1 << 20); process.exit(7);`;
  expect(spawnSync(process.execPath, [...flags, '-e', script], { cwd: import.meta.dirname }).status).toBe(7);
});
