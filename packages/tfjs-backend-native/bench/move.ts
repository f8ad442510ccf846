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
  const [, height, width, channels] = shape;
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

  const one = { strides: 1, pad: 0, dilations: 1 };
  const [bias, filter] = [tf.randomNormal([channels]), tf.randomNormal([1, 1, channels, 1])];
  const inputShape = shape;
  const filterShape = filter.shape;
  bench(`1x1 depthwise, bias ${label}`, size(x, x), () =>
    run('FusedDepthwiseConv2D', { x, filter, bias }, one),
  );
  bench(`1x1 depthwise, d input ${label}`, size(x, x), () =>
    run('DepthwiseConv2dNativeBackpropInput', { dy: x, filter }, { ...one, inputShape }),
  );
  bench(`1x1 depthwise, d filter ${label}`, size(x, x), () =>
    run('DepthwiseConv2dNativeBackpropFilter', { x, dy: x }, { ...one, filterShape }),
  );
  const three = { strides: 1, pad: 'same', dilations: 1 };
  const taps = tf.randomNormal([3, 3, channels, 1]);
  bench(`3x3 depthwise ${label}`, size(x, x), () => run('DepthwiseConv2dNative', { x, filter: taps }, three));
  bench(`3x3 depthwise, d input ${label}`, size(x, x), () =>
    run('DepthwiseConv2dNativeBackpropInput', { dy: x, filter: taps }, { ...three, inputShape }),
  );
  bench(`3x3 depthwise, d filter ${label}`, size(x, x), () =>
    run('DepthwiseConv2dNativeBackpropFilter', { x, dy: x }, { ...three, filterShape: taps.shape }),
  );
  const variance = tf.abs(bias);
  bench(`FusedBatchNorm ${label}`, size(x, x), () =>
    run('FusedBatchNorm', { x, mean: bias, variance, offset: bias }),
  );
  tf.dispose([x, y, mean, bias, filter, taps, variance]);
}
