import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { useEngine } from '../index.js';
import { shareTfjsCore } from './bundle.js';
import { registerGradients } from './register.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('a gradient registered before stays, and calling twice changes nothing', async () => {
  const own: tf.GradConfig = {
    kernelName: 'Exp',
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.exp(x!)) }),
  };
  tf.registerGradient(own);
  await registerGradients();
  expect(tf.getGradient('Exp')).toBe(own);
  const relu = tf.getGradient('Relu');
  expect(relu).toBeDefined();
  await useEngine('cpu');
  await useEngine('wasm');
  expect(tf.getGradient('Exp')).toBe(own);
  expect(tf.getGradient('Relu')).toBe(relu);
});

test('a gradient registered afterwards stays when the engine is switched', async () => {
  await useEngine('cpu');
  const own: tf.GradConfig = { kernelName: 'Tanh', gradFunc: (dy) => ({ x: () => dy as tf.Tensor }) };
  tf.registerGradient(own);
  await useEngine('wasm');
  expect(tf.getGradient('Tanh')).toBe(own);
});

test('bundled as for dist, it registers in plain Node with the one tfjs-core there is', async () => {
  const folder = await mkdtemp(join(root, 'test', '.tmp-'));
  try {
    const { outputFiles } = await build({
      entryPoints: [join(root, 'src', 'gradients', 'built.ts')],
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
