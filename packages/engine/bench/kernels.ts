/**
 * GFLOP/s of convolution and matrix product, forward and backward, on one engine.
 * `node --conditions=@pcam/source --import=tsx bench/kernels.ts [engine] [batch] [seconds per row]`
 */
import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { type EngineChoice, useEngine } from '../src/index.js';

const [name = 'wasm', batch = '16', seconds = '3'] = process.argv.slice(2);
const engine = await useEngine(name as EngineChoice);
console.log(
  `${engine.engine}, ${engine.device}, ${engine.threads} threads; ${cpus()[0]!.model}, Node ${process.version}`,
);

/**
 * Mean of repeated runs after a few to warm up. For an engine of one thread in processor time, which
 * on a busy machine leaves out the time that other programs ran.
 */
async function gflops(operations: number, run: () => tf.Tensor): Promise<string> {
  const oneThread = engine.threads === 1;
  const now = (): number => (oneThread ? process.cpuUsage().user / 1000 : performance.now());
  const repeat = async (milliseconds: number): Promise<number> => {
    const end = performance.now() + milliseconds;
    let runs = 0;
    while (performance.now() < end) {
      const result = run();
      // Engines on a device compute after the call returns.
      if (engine.threads === 0) await result.data();
      result.dispose();
      runs++;
    }
    return runs;
  };
  await repeat(Number(seconds) * 300);
  const start = now();
  const runs = await repeat(Number(seconds) * 700);
  return ((operations * runs) / (now() - start) / 1e6).toFixed(1).padStart(9);
}

console.log('filter    size  channels  stride   forward    input   filter');
for (const [filter, size, channels, out, stride] of [
  [3, 48, 64, 64, 1],
  [3, 24, 128, 128, 1],
  [3, 12, 256, 256, 1],
  [3, 48, 64, 128, 2],
  [1, 48, 64, 64, 1],
  [1, 48, 64, 128, 2],
  [7, 96, 3, 64, 2],
] as const) {
  const x = tf.randomUniform<tf.Rank.R4>([Number(batch), size, size, channels], -1, 1, 'float32', 1);
  const w = tf.randomUniform<tf.Rank.R4>([filter, filter, channels, out], -1, 1, 'float32', 2);
  const dy = tf.conv2d(x, w, stride, 'same');
  const attrs = { strides: stride, pad: 'same', dataFormat: 'NHWC' };
  const kernel = (kernelName: string, inputs: tf.NamedTensorMap, more: object): tf.Tensor =>
    tf.engine().runKernel(kernelName, inputs, { ...attrs, ...more }) as tf.Tensor;
  const operations = 2 * dy.size * channels * filter * filter;
  const figures = [
    await gflops(operations, () => tf.conv2d(x, w, stride, 'same')),
    await gflops(operations, () => kernel('Conv2DBackpropInput', { dy, filter: w }, { inputShape: x.shape })),
    await gflops(operations, () => kernel('Conv2DBackpropFilter', { dy, x }, { filterShape: w.shape })),
  ];
  const shape = `${filter}×${filter}   ${`${size}×${size}`.padStart(7)}  ${`${channels}→${out}`.padStart(8)}  ${stride}     `;
  console.log(`${shape} ${figures.join('')}`);
  tf.dispose([x, w, dy]);
}

console.log('product              A·B     Aᵀ·B     A·Bᵀ');
for (const [m, n, k] of [
  [1152, 64, 256],
  [2304, 192, 192],
  [512, 512, 512],
] as const) {
  const figures = [];
  for (const [tA, tB] of [
    [false, false],
    [true, false],
    [false, true],
  ] as const) {
    const a = tf.randomUniform<tf.Rank.R2>(tA ? [k, m] : [m, k], -1, 1, 'float32', 1);
    const b = tf.randomUniform<tf.Rank.R2>(tB ? [n, k] : [k, n], -1, 1, 'float32', 2);
    figures.push(await gflops(2 * m * n * k, () => tf.matMul(a, b, tA, tB)));
    tf.dispose([a, b]);
  }
  console.log(`${`${m}×${n}×${k}`.padEnd(14)} ${figures.join('')}`);
}
process.exit(0);
