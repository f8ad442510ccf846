// node --conditions=@pcam/source --import=tsx bench/move.ts [part of a name]: the least of several runs, and
// the bytes that must be read and written over it. A copy is the machine's limit.
import * as tf from '@tensorflow/tfjs-core';
import '../src/index.js';

const filter = process.argv[2] ?? '';
await tf.setBackend('native');
const run = (name: string, inputs: object, attrs: object = {}): unknown =>
  tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attrs as tf.NamedAttrMap);

/** In the backend's own memory, where tensors lie in a real job. */
function random(shape: number[]): tf.Tensor {
  return tf.tidy(
    () => tf.engine().runKernel('Reverse', { x: tf.randomNormal(shape) }, { dims: [0] }) as tf.Tensor,
  );
}

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
  const x = random(shape) as tf.Tensor4D;
  const [, height, width, channels] = shape;
  const label = `[${shape}]`;
  bench(`copy, images reversed ${label}`, 2 * size(x), () => run('Reverse', { x }, { dims: [0] }));

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
  const [bias, filter] = [random([channels]), random([1, 1, channels, 1])];
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
  const taps = random([3, 3, channels, 1]);
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

const moved: [string, string, number[], object][] = [
  ['heads before tokens', 'Transpose', [32, 144, 4, 16], { perm: [0, 2, 1, 3] }],
  ['tokens before heads', 'Transpose', [32, 4, 144, 16], { perm: [0, 2, 1, 3] }],
  ['keys turned', 'Transpose', [32, 4, 144, 16], { perm: [0, 1, 3, 2] }],
  ['scores turned', 'Transpose', [32, 4, 144, 144], { perm: [0, 1, 3, 2] }],
  ['channels first', 'Transpose', [32, 48, 48, 64], { perm: [0, 3, 1, 2] }],
  ['channels last', 'Transpose', [32, 64, 48, 48], { perm: [0, 2, 3, 1] }],
  ['RGB channels last', 'Transpose', [32, 3, 96, 96], { perm: [0, 2, 3, 1] }],
  ['a matrix', 'Transpose', [2304, 1024], { perm: [1, 0] }],
  ['the inside', 'Slice', [32, 50, 50, 64], { begin: [0, 1, 1, 0], size: [32, 48, 48, 64] }],
  ['one of three', 'Slice', [32, 144, 192], { begin: [0, 0, 64], size: [32, 144, 64] }],
  ['all three', 'SplitV', [32, 144, 192], { axis: 2, numOrSizeSplits: [64, 64, 64] }],
  [
    'every other pixel',
    'StridedSlice',
    [32, 48, 48, 64],
    {
      begin: [0, 0, 0, 0],
      end: [32, 48, 48, 64],
      strides: [1, 2, 2, 1],
      beginMask: 0,
      endMask: 0,
      ellipsisMask: 0,
      newAxisMask: 0,
      shrinkAxisMask: 0,
    },
  ],
  ['mirrored columns', 'Reverse', [32, 96, 96, 3], { dims: [2] }],
  [
    'a border',
    'PadV2',
    [32, 48, 48, 64],
    {
      paddings: [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ],
      constantValue: 0,
    },
  ],
];
for (const [title, kernel, shape, attrs] of moved) {
  const x = random(shape);
  const result = [run(kernel, { x }, attrs)].flat() as tf.Tensor[];
  bench(`${kernel}, ${title} [${shape}]`, 2 * size(...result), () => run(kernel, { x }, attrs));
  tf.dispose([x, ...result]);
}

const tokens = random([32, 144, 64]) as tf.Tensor3D;
bench('Concat, channels 3 x [32,144,64]', 6 * size(tokens), () => tf.concat([tokens, tokens, tokens], 2));
bench('Pack 3 x [32,144,64]', 6 * size(tokens), () => tf.stack([tokens, tokens, tokens]));
const ids = tf.tensor1d(
  Int32Array.from({ length: 32 * 144 }, (_, i) => (i * 7) % 529),
  'int32',
);
const table = random([529, 64]);
const rows = tf.reshape(tokens, [-1, 64]);
bench('GatherV2, 4608 rows of 64', 2 * size(rows), () => tf.gather(table, ids));
bench('UnsortedSegmentSum, 4608 rows of 64', size(rows), () => tf.unsortedSegmentSum(rows, ids, 529));
const small = random([32, 24, 24, 64]) as tf.Tensor4D;
bench('ResizeBilinear [32,24,24,64] to 48x48', 5 * size(small), () =>
  tf.image.resizeBilinear(small, [48, 48]),
);
bench('ResizeNearestNeighbor [32,24,24,64] to 48x48', 5 * size(small), () =>
  tf.image.resizeNearestNeighbor(small, [48, 48]),
);
const big = random([32, 48, 48, 64]) as tf.Tensor4D;
bench('ResizeBilinearGrad [32,48,48,64] to 24x24', 5 * size(small), () =>
  run('ResizeBilinearGrad', { images: small, dy: big }, { alignCorners: false, halfPixelCenters: false }),
);
const maps1 = random([32, 6, 6, 1]) as tf.Tensor4D;
bench('ResizeBilinear [32,6,6,1] to 96x96', 32 * 96 * 96 * 4, () => tf.image.resizeBilinear(maps1, [96, 96]));
