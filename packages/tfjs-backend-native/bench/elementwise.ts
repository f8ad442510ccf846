// Milliseconds and GB/s (bytes read and written once) of element-wise kernels, reductions and softmax at the shapes
// of training: node --conditions=@pcam/source --import=tsx bench/elementwise.ts [threads] [name]
import * as tf from '@tensorflow/tfjs-core';
import { instructionSet, setThreads, threads } from '../src/index.js';

setThreads(Number(process.argv[2] ?? threads()));
const only = process.argv[3];
await tf.setBackend('native');
console.log(`${instructionSet()}, ${threads()} threads`);

const activation = tf.randomUniform([32, 48, 48, 64], -3, 3);
const other = tf.randomUniform([32, 48, 48, 64], -3, 3);
const positive = tf.abs(activation);
const channels = tf.randomUniform([64]);
const gate = tf.randomUniform([32, 1, 1, 64]);
const scores = tf.randomUniform([32, 4, 144, 144], -3, 3);
const hidden = tf.randomUniform([32, 144, 256], -3, 3);
const tokens = tf.randomUniform([32, 144, 64], -3, 3);
const tokenMean = tf.randomUniform([32, 144, 1]);
const images = tf.randomUniform([32, 96, 96, 3]);
const colour = tf.randomUniform([3]);
const late = tf.randomUniform([32, 3, 3, 512]);

const run =
  (name: string, inputs: tf.NamedTensorMap, attrs = {}) =>
  (): tf.Tensor =>
    tf.engine().runKernel(name, inputs, attrs) as tf.Tensor;

const CASES: [name: string, f: () => tf.Tensor, read: number][] = [
  ...'Relu Step Square Sqrt Exp Sigmoid Tanh Softplus Erf Gelu'
    .split(' ')
    .map((name): [string, () => tf.Tensor, number] => [
      `${name} activation`,
      run(name, { x: activation }, { alpha: 0 }),
      activation.size,
    ]),
  ['Log activation', run('Log', { x: positive }), positive.size],
  ['Gelu hidden', run('Gelu', { x: hidden }), hidden.size],
  ['GeluGrad hidden', run('GeluGrad', { x: hidden, dy: hidden }), hidden.size * 2],
  ['Add same', run('Add', { a: activation, b: other }), activation.size * 2],
  ['Multiply same', run('Multiply', { a: activation, b: other }), activation.size * 2],
  ['RealDiv same', run('RealDiv', { a: activation, b: other }), activation.size * 2],
  ['Greater same', run('Greater', { a: activation, b: other }), activation.size * 1.25],
  ['Add channels', run('Add', { a: activation, b: channels }), activation.size],
  ['Multiply gate', run('Multiply', { a: activation, b: gate }), activation.size],
  ['Sub token mean', run('Sub', { a: tokens, b: tokenMean }), tokens.size],
  ['Sub colour', run('Sub', { a: images, b: colour }), images.size],
  ['Add late', run('Add', { a: late, b: late }), late.size * 2],
  ['Sum channels', run('Sum', { x: activation }, { axis: [0, 1, 2] }), activation.size],
  ['Mean pixels', run('Mean', { x: activation }, { axis: [1, 2] }), activation.size],
  ['Mean tokens', run('Mean', { x: tokens }, { axis: -1, keepDims: true }), tokens.size],
  ['Sum all', run('Sum', { x: activation }, { axis: null }), activation.size],
  ['Max all', run('Max', { x: activation }, { reductionIndices: null }), activation.size],
  ['Softmax scores', run('Softmax', { logits: scores }, { dim: 3 }), scores.size],
  ['SoftmaxGrad scores', run('SoftmaxGrad', { y: scores, dy: scores }), scores.size * 2],
];

for (const [name, f, read] of CASES) {
  if (only && !name.includes(only)) continue;
  let best = Infinity;
  let written = 0;
  for (let i = 0; i < 15; i++) {
    const start = performance.now();
    const y = f();
    best = Math.min(best, performance.now() - start);
    written = y.size;
    y.dispose();
  }
  const bandwidth = ((read + written) * 4) / best / 1e6;
  console.log(
    `${name.padEnd(22)} ${best.toFixed(3).padStart(8)} ms ${bandwidth.toFixed(1).padStart(6)} GB/s`,
  );
}
