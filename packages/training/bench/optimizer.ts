// What one optimizer update costs beside a whole training step.
// node --conditions=@pcam/source --import=tsx bench/optimizer.ts [engine] [model] [batch]
import { type EngineName, useEngine } from '@pcam/engine';
import { createModel } from '@pcam/models';
import { createLoader, createMemoryDataset } from '@pcam/pcam-data';
import { onesLike } from '@tensorflow/tfjs-core';
import { squaredNorm } from '../src/clip.js';
import { emaUpdate } from '../src/ema.js';
import { createOptimizer, fit } from '../src/index.js';
import { assignWeights, disposeAll, snapshot, trainable } from '../src/weights.js';

const [, , engine = 'wasm', name = 'cnn', batch = '16'] = process.argv;
console.log(await useEngine(engine as EngineName));
const batchSize = Number(batch);
const pixels = 96 * 96 * 3;
const images = Uint8Array.from({ length: batchSize * pixels }, (_, i) => (i * 7919) % 251);
const labels = Array.from({ length: batchSize }, (_, i) => i % 2);
const data = createLoader(createMemoryDataset({ images, labels, height: 96, width: 96 }), { batchSize });
const model = createModel({ name });

const gradients = Object.fromEntries(
  Object.entries(trainable(model)).map(([key, value]) => [key, onesLike(value)]),
);
const optimizer = createOptimizer({ name: 'adamw' });
let state = optimizer.init(trainable(model));
let average = snapshot(model);

async function time(what: string, work: () => Promise<void> | void, times = 10): Promise<void> {
  await work();
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work();
    took.push(performance.now() - start);
  }
  took.sort((a, b) => a - b);
  console.log(`${what}: ${took[Math.floor(times / 2)]!.toFixed(1)} ms (median of ${times})`);
}

console.log(`${name}, ${Object.keys(gradients).length} trainable variables, batch ${batchSize}`);
await time('AdamW update', async () => {
  const next = optimizer.update({
    parameters: trainable(model),
    gradients,
    state,
    step: 3,
    learningRate: 1e-6,
  });
  assignWeights(model, next.parameters);
  disposeAll(next.parameters);
  disposeAll(state);
  state = next.state;
  await Object.values(state)[0]!.data();
});
await time('global norm', async () => {
  const norm = squaredNorm(gradients);
  await norm.data();
  norm.dispose();
});
await time('EMA', () => {
  const next = emaUpdate(average, Object.fromEntries(model.variables), 0.9);
  disposeAll(average);
  average = next;
});
const steps: number[] = [];
await fit({ model, data, epochs: 5, onStep: (step) => void steps.push(step.imagesPerSecond) });
steps.sort((a, b) => a - b);
console.log(`whole step: ${(1000 * batchSize) / steps[2]!} ms (${steps[2]} images/s)`);
