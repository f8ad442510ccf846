import * as tf from '@tensorflow/tfjs-core';

/** Calls kernels of every kind on small tensors, also those of gradients. */
export function tour(): void {
  tf.tidy(() => {
    for (const op of UNARY) op(random(3, 5, 7));
    for (const op of BINARY) {
      for (const other of [random(3, 5, 7), random(7), random(3, 1, 1), tf.scalar(2)]) {
        op(random(3, 5, 7), other);
      }
    }
    for (const op of [tf.sum, tf.mean, tf.max, tf.min, tf.prod]) {
      for (const axes of [undefined, [0, 1], [2]]) op(random(3, 5, 7), axes);
    }
    for (const run of OTHERS) run();
    for (const [name, inputs, attrs] of KERNELS) {
      const tensors = Object.entries(inputs).map(([key, shape]) => [key, random(...shape)]);
      tf.engine().runKernel(name, Object.fromEntries(tensors), attrs);
    }
  });
}

function random(...shape: number[]): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', shape.length);
}

const image = [2, 7, 6, 5];
const images = (): tf.Tensor4D => random(...image) as tf.Tensor4D;
const filters = (...shape: [number, number, number, number]): tf.Tensor4D => random(...shape) as tf.Tensor4D;
const vector = (size: number): tf.Tensor1D => random(size) as tf.Tensor1D;

type Unary = (x: tf.Tensor) => tf.Tensor;

const NAMED: readonly Unary[] = [
  ...[tf.abs, tf.elu, tf.erf, tf.exp, tf.log, tf.neg, tf.relu, tf.relu6, tf.rsqrt, tf.selu],
  ...[tf.sigmoid, tf.sign, tf.softmax, tf.softplus, tf.logSoftmax, tf.sqrt, tf.square, tf.step, tf.tanh],
  ...[tf.sin, tf.cos, tf.floor, tf.ceil, tf.round, tf.reciprocal, tf.log1p, tf.expm1, tf.isNaN],
];

const UNARY: readonly Unary[] = [
  ...NAMED,
  (x) => tf.leakyRelu(x, 0.1),
  (x) => tf.clipByValue(x, -0.5, 0.5),
  (x) => tf.cast(x, 'int32'),
  (x) => tf.cast(x, 'bool'),
  (x) => tf.argMax(x, 1),
  (x) => tf.argMin(x, 2),
  (x) => tf.cumsum(x, 1),
  (x) => tf.reverse(x, 1),
  (x) => tf.tile(x, [2, 1, 3]),
  (x) => tf.transpose(x),
  (x) => tf.transpose(x, [0, 2, 1]),
  (x) => tf.slice(x, [0, 1, 1], [2, 3, 2]),
  (x) => tf.onesLike(x),
  (x) => tf.zerosLike(x),
];

const BINARY: readonly ((a: tf.Tensor, b: tf.Tensor) => tf.Tensor)[] = [
  ...[tf.add, tf.sub, tf.mul, tf.div, tf.divNoNan, tf.pow, tf.maximum, tf.minimum, tf.squaredDifference],
  ...[tf.greater, tf.greaterEqual, tf.less, tf.lessEqual, tf.equal, tf.notEqual, tf.mod, tf.prelu],
];

const OTHERS: readonly (() => unknown)[] = [
  () => tf.addN([random(3, 4), random(3, 4), random(3, 4)]),
  () => tf.matMul(random(9, 5), random(5, 11)),
  () => tf.matMul(random(3, 5, 9), random(3, 11, 5), true, true),
  () => tf.matMul(random(2, 3, 9, 5), random(2, 3, 11, 5), false, true),
  () =>
    tf.fused.matMul({
      a: random(9, 5) as tf.Tensor2D,
      b: random(5, 11) as tf.Tensor2D,
      bias: vector(11),
      activation: 'relu',
    }),
  () => tf.conv2d(images(), filters(3, 3, 5, 4), 1, 'same'),
  () => tf.conv2d(images(), filters(3, 2, 5, 4), 2, 'valid'),
  () => tf.conv2d(images(), filters(1, 1, 5, 4), 1, 'same'),
  () =>
    tf.fused.conv2d({
      x: images(),
      filter: filters(3, 3, 5, 4),
      strides: 1,
      pad: 1,
      bias: vector(4),
      activation: 'relu',
    }),
  () => tf.depthwiseConv2d(images(), filters(3, 3, 5, 1), 1, 'same'),
  () => tf.depthwiseConv2d(images(), filters(3, 3, 5, 2), 2, 'valid'),
  () => tf.maxPool(images(), 3, 2, 'same'),
  () => tf.maxPoolWithArgmax(images(), 2, 2, 'valid'),
  () => tf.avgPool(images(), 2, 2, 'valid'),
  () => tf.batchNorm(images(), vector(5), tf.square(vector(5)) as tf.Tensor1D, vector(5), vector(5)),
  () => tf.concat([random(2, 3, 4), random(2, 5, 4)], 1),
  () => tf.split(random(2, 6, 4), 3, 1),
  () => tf.stack([random(3, 4), random(3, 4)], 1),
  () =>
    tf.pad2d(random(3, 4) as tf.Tensor2D, [
      [0, 1],
      [2, 0],
    ]),
  () =>
    tf.mirrorPad(
      random(3, 4),
      [
        [1, 1],
        [1, 1],
      ],
      'reflect',
    ),
  () => tf.gather(random(3, 4), tf.tensor1d([2, 0, 1], 'int32')),
  () => tf.oneHot(tf.tensor1d([2, 0, 1], 'int32'), 4),
  () => tf.unsortedSegmentSum(random(3, 4), tf.tensor1d([1, 0, 1], 'int32'), 2),
  () => tf.where(tf.greater(random(3, 4), 0), random(3, 4), random(3, 4)),
  () => tf.image.resizeBilinear(images(), [9, 4]),
  () => tf.image.resizeNearestNeighbor(images(), [9, 4]),
];

const window = { filterSize: [2, 2], strides: [2, 2], pad: 'same' };
const convolution = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };

/** Backward kernels, which ops without gradients do not reach: name, inputs' shapes, attributes. */
const KERNELS: readonly (readonly [string, Record<string, number[]>, tf.NamedAttrMap])[] = [
  ['MaxPoolGrad', { dy: [2, 4, 3, 5], input: image, output: [2, 4, 3, 5] }, window],
  ['AvgPoolGrad', { dy: [2, 4, 3, 5], input: image }, window],
  ['Conv2DBackpropInput', { dy: [2, 7, 6, 4], filter: [3, 3, 5, 4] }, { ...convolution, inputShape: image }],
  ['Conv2DBackpropFilter', { x: image, dy: [2, 7, 6, 4] }, { ...convolution, filterShape: [3, 3, 5, 4] }],
  [
    'DepthwiseConv2dNativeBackpropInput',
    { dy: [2, 7, 6, 5], filter: [3, 3, 5, 1] },
    { ...convolution, inputShape: image },
  ],
  [
    'DepthwiseConv2dNativeBackpropFilter',
    { x: image, dy: [2, 7, 6, 5] },
    { ...convolution, filterShape: [3, 3, 5, 1] },
  ],
  ['EluGrad', { dy: [3, 4], y: [3, 4] }, {}],
  ['ResizeBilinearGrad', { images: [2, 7, 7, 5], dy: [2, 9, 9, 5] }, { alignCorners: false }],
  ['ResizeNearestNeighborGrad', { images: [2, 7, 7, 5], dy: [2, 9, 9, 5] }, { alignCorners: false }],
];
