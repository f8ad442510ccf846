/*
 * Fused layers and updates, in milliseconds and in GB/s of what they must read and write:
 *
 *     node --conditions=@pcam/source --import=tsx bench/fused.ts [part of a name]
 */
import * as tf from '@tensorflow/tfjs-core';
import '../src/index.js';

const [, , wanted = ''] = process.argv;
await tf.setBackend('native');

function bench(label: string, values: number, work: () => unknown, repeats = 12): void {
  if (!label.includes(wanted)) return;
  const times = Array.from({ length: repeats }, () => {
    const start = performance.now();
    tf.tidy(() => void work());
    return performance.now() - start;
  });
  const best = Math.min(...times);
  console.log(`${label}: ${best.toFixed(2)} ms, ${((4 * values) / best / 1e6).toFixed(1)} GB/s`);
}

const run = (name: string, inputs: object, attrs: object = {}): unknown =>
  tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap);

for (const shape of [
  [32, 48, 48, 64],
  [32, 24, 24, 64],
  [32, 12, 12, 128],
  [32, 6, 6, 256],
  [32, 3, 3, 512],
  [32, 48, 48, 16],
]) {
  const x = tf.randomNormal(shape);
  const dy = tf.randomNormal(shape);
  const v = tf.randomNormal(shape);
  const channels = shape[3]!;
  const [weight, bias, mean, variance] = [1, 2, 3, 4].map(() => tf.randomUniform([channels]));
  const attrs = { epsilon: 1e-5, activation: 'relu' };
  bench(`BatchNormTrain ${shape}`, 3 * x.size, () => run('BatchNormTrain', { x, weight, bias }, attrs));
  const inputs = { x, dy, weight, bias, mean, variance };
  bench(`BatchNormTrainGrad ${shape}`, 5 * x.size, () => run('BatchNormTrainGrad', inputs, attrs));
  bench(`BatchNormTrainGradGrad ${shape}`, 8 * x.size, () =>
    run('BatchNormTrainGradGrad', { ...inputs, v }, attrs),
  );
}

const parameter = tf.randomNormal([3, 3, 512, 512]);
const update = { parameter, gradient: parameter, moment1: parameter, moment2: tf.abs(parameter) };
const factors = { keep1: 0.9, keep2: 0.999, rate: 0.1, floor: 1e-8, shrink: 0.99, gradientScale: 1 };
bench('AdamW', 7 * parameter.size, () => run('AdamW', update, factors));
bench('SquaredNorm', parameter.size, () => run('SquaredNorm', { x: parameter }));
bench('EmaUpdate', 3 * parameter.size, () =>
  run('EmaUpdate', { average: parameter, value: update.moment2 }, { share: 0.1 }),
);
