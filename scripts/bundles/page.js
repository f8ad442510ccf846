// What `bundles.test.ts` bundles for a browser: every package that says it runs in one, at a little work.
import { useEngine } from '@pcam/engine';
import { binaryMetrics } from '@pcam/metrics';
import { createModel } from '@pcam/models';
import { createLoader, createSyntheticDataset } from '@pcam/pcam-data';
import { fit, predict } from '@pcam/training';
import { gradCam } from '@pcam/xai';
import { overlay } from '@pcam/xai/display';
import * as tf from '@tensorflow/tfjs-core';

async function work() {
  const { engine, why } = await useEngine('auto', { wasmPaths: '/wasm' });
  const patches = createSyntheticDataset({ seed: 1, n: 4, size: 64 });
  const data = createLoader(patches, { batchSize: 4 });
  const model = createModel({ name: 'cnn', seed: 1 });
  const losses = [];
  await fit({ model, data, epochs: 1, onStep: ({ loss }) => losses.push(loss) });
  const { logits, labels } = await predict(model, data);
  const metrics = binaryMetrics();
  metrics.update(logits, labels);
  const { images } = await patches.read([0]);
  const map = gradCam(model, tf.div(tf.tensor4d(images, [1, 64, 64, 3]), 255));
  const pixels = overlay(images, await map.data());
  return {
    engine,
    why,
    losses,
    auroc: metrics.compute().auroc,
    shape: map.shape,
    pixels: pixels.length,
  };
}

async function refusals() {
  const refused = (call) => call.then(() => 'done').catch((error) => error.message);
  return {
    native: await refused(useEngine('native')),
    webgpu: await refused(useEngine('webgpu')),
    wrongFolder: await refused(useEngine('wasm', { wasmPaths: '/nowhere' })),
    auto: (await useEngine('auto', { wasmPaths: '/nowhere' })).why,
  };
}

globalThis.work = work;
globalThis.refusals = refusals;
