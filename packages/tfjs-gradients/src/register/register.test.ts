import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { hasGradients } from '../registry.js';
import { shareTfjsCore } from './bundle.js';
import { registerGradients } from './register.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('a gradient registered before or afterwards stays, and calling twice changes nothing', async () => {
  const own = (kernelName: string): tf.GradConfig => ({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, x!) }),
  });
  const [before, after] = [own('Exp'), own('Tanh')];
  expect(hasGradients()).toBe(false);
  tf.registerGradient(before);
  await registerGradients();
  expect(hasGradients()).toBe(true);
  expect(tf.getGradient('Exp')).toBe(before);
  const relu = tf.getGradient('Relu');
  expect(relu).toBeDefined();
  tf.registerGradient(after);
  await registerGradients();
  expect(tf.getGradient('Exp')).toBe(before);
  expect(tf.getGradient('Tanh')).toBe(after);
  expect(tf.getGradient('Relu')).toBe(relu);
});

test('bundled as for dist, it registers in plain Node with the one tfjs-core there is', async () => {
  const folder = await mkdtemp(join(root, 'test', '.tmp-'));
  try {
    const { outputFiles } = await build({
      entryPoints: [join(root, 'src', 'register', 'built.ts')],
      bundle: true,
      format: 'esm',
      write: false,
      plugins: [shareTfjsCore()],
    });
    await writeFile(join(folder, 'gradients.mjs'), outputFiles[0]!.contents);
    await writeFile(
      join(folder, 'main.mjs'),
      `import './gradients.mjs';
       import '@tensorflow/tfjs-backend-cpu';
       import * as tf from '@tensorflow/tfjs-core';
       const g = tf.grad((x) => tf.sum(tf.relu(tf.mul(x, x))));
       process.stdout.write(JSON.stringify(Array.from(g(tf.tensor([1, 2, -3])).dataSync())));`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'main.mjs')]);
    expect(JSON.parse(stdout.slice(stdout.lastIndexOf('[')))).toEqual([2, 4, -6]);
    // A second copy of tfjs-core in the bundle would be ten times this.
    expect(outputFiles[0]!.contents.length).toBeLessThan(150_000);
  } finally {
    await rm(folder, { recursive: true });
  }
});
