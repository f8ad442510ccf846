// node --conditions=@pcam/source --import=tsx bench/move.ts [part of a name]: the least of several runs, and
// the bytes that must be read and written over it. A copy is the machine's limit.
import * as tf from '@tensorflow/tfjs-core';
import '../src/index.js';

const filter = process.argv[2] ?? '';
await tf.setBackend('native');
const run = (name: string, inputs: object, attrs: object = {}): unknown =>
  tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap);

function bench(title: string, bytes: number, f: () => unknown): void {
  if (!title.toLowerCase().includes(filter.toLowerCase())) return;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 30; i++) {
    const start = performance.now();
    tf.tidy(() => {
      f();
    });
    least = Math.min(least, performance.now() - start);
  }
  const speed = bytes / least / 1e6;
  console.log(`${title.padEnd(44)} ${least.toFixed(3).padStart(8)} ms ${speed.toFixed(1).padStart(6)} GB/s`);
}

const size = (...tensors: tf.Tensor[]): number => tensors.reduce((sum, t) => sum + t.size * 4, 0);

const maps: [number, number, number, number][] = [
  [32, 48, 48, 64],
  [32, 24, 24, 64],
  [32, 12, 12, 128],
  [32, 6, 6, 256],
  [32, 3, 3, 512],
];
for (const shape of maps) {
  const x = tf.randomNormal<tf.Rank.R4>(shape);
  const [batch, height, width, channels] = shape;
  const label = `[${shape}]`;
  bench(`copy by tile ${label}`, 2 * size(x), () => run('Tile', { x }, { reps: [1, 1, 1, 1] }));

  const stem = { filterSize: 3, strides: 2, pad: 1, dimRoundingMode: 'floor' };
  const y = tf.maxPool(x, 3, 2, 1, 'floor');
  bench(`MaxPool ${label}`, size(x, y), () => run('MaxPool', { x }, stem));
  bench(`MaxPoolGrad ${label}`, size(x, y, x), () =>
    run('MaxPoolGrad', { dy: y, input: x, output: y }, stem),
  );
  bench(`MaxPoolPick ${label}`, size(x, x, y), () => run('MaxPoolPick', { x, values: x }, stem));
  const global = { filterSize: [height, width], strides: 1, pad: 'valid' };
  const mean = tf.avgPool(x, [height, width], 1, 'valid');
  bench(`AvgPool, global ${label}`, size(x, mean), () => run('AvgPool', { x }, global));
  bench(`AvgPoolGrad, global ${label}`, size(x, mean), () =>
    run('AvgPoolGrad', { dy: mean, input: x }, global),
  );
  tf.dispose([x, y, mean]);
}
