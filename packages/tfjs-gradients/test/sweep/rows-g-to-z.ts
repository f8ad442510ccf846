import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from '../../src/index.js';
import { any, apart, map, type Row, volume, within } from './inputs.js';

export const rowsGToZ: readonly Row[] = [
  {
    kernel: 'GatherNd',
    op: (x) =>
      tf.gatherND(
        x!,
        tf.tensor2d(
          [
            [1, 2],
            [0, 1],
            [1, 2],
          ],
          [3, 2],
          'int32',
        ),
      ),
    inputs: [any],
  },
  {
    kernel: 'GatherV2',
    op: (x) =>
      tf.gather(
        x!,
        tf.tensor2d(
          [
            [1, 1],
            [0, 2],
          ],
          [2, 2],
          'int32',
        ),
        1,
      ),
    inputs: [within(-1, 1, [2, 3, 2])],
  },
  {
    kernel: 'GatherV2',
    op: (x) =>
      tf.gather(
        x!,
        tf.tensor2d(
          [
            [1, 1],
            [0, 2],
          ],
          [2, 2],
          'int32',
        ),
        2,
        1,
      ),
    inputs: [within(-1, 1, [2, 2, 3])],
    what: 'batched',
  },
  {
    kernel: 'Greater',
    op: (a, b) => tf.mul(a!, tf.cast(tf.greater(a!, b!), 'float32')),
    inputs: [apart([2, 3]), apart([3], 1, 0.5)],
  },
  {
    kernel: 'GreaterEqual',
    op: (a, b) => tf.mul(a!, tf.cast(tf.greaterEqual(a!, b!), 'float32')),
    inputs: [apart([2, 3]), apart([3], 1, 0.5)],
  },
  { kernel: 'Identity', op: tf.clone, inputs: [any] },
  { kernel: 'IsFinite', op: (x) => tf.mul(x!, tf.cast(tf.isFinite(x!), 'float32')), inputs: [any] },
  { kernel: 'IsInf', op: (x) => tf.mul(x!, tf.cast(tf.isInf(x!), 'float32')), inputs: [any] },
  { kernel: 'IsNan', op: (x) => tf.mul(x!, tf.cast(tf.isNaN(x!), 'float32')), inputs: [any] },
  {
    kernel: 'LRN',
    op: (x) => tf.localResponseNormalization(map(x), 1, 1.5, 0.7, 0.6),
    inputs: [within(-1, 1, [1, 2, 2, 5])],
  },
  { kernel: 'LeakyRelu', op: (x) => tf.leakyRelu(x!, 0.3), inputs: [apart([7])] },
  {
    kernel: 'Less',
    op: (a, b) => tf.mul(a!, tf.cast(tf.less(a!, b!), 'float32')),
    inputs: [apart([2, 3]), apart([3], 1, 0.5)],
  },
  {
    kernel: 'LessEqual',
    op: (a, b) => tf.mul(a!, tf.cast(tf.lessEqual(a!, b!), 'float32')),
    inputs: [apart([2, 3]), apart([3], 1, 0.5)],
  },
  { kernel: 'Log', op: tf.log, inputs: [within(0.4, 3, [6])] },
  { kernel: 'Log1p', op: tf.log1p, inputs: [within(-0.5, 2, [6])] },
  {
    kernel: 'LogicalAnd',
    op: (x) => tf.mul(x!, tf.cast(tf.logicalAnd(tf.greater(x!, 0), tf.less(x!, 0.2)), 'float32')),
    inputs: [apart([8])],
  },
  {
    kernel: 'LogicalNot',
    op: (x) => tf.mul(x!, tf.cast(tf.logicalNot(tf.greater(x!, 0)), 'float32')),
    inputs: [apart([8])],
  },
  {
    kernel: 'LogicalOr',
    op: (x) => tf.mul(x!, tf.cast(tf.logicalOr(tf.greater(x!, 0.2), tf.less(x!, -0.2)), 'float32')),
    inputs: [apart([8])],
  },
  { kernel: 'Max', op: (x) => tf.max(x!, 1), inputs: [apart([3, 4])] },
  { kernel: 'Max', op: (x) => tf.logSumExp(x!, [0, 2]), inputs: [apart([2, 3, 2])], what: 'logSumExp' },
  { kernel: 'MaxPool', op: (x) => tf.maxPool(map(x), [3, 2], 2, 'same'), inputs: [apart([1, 5, 4, 2])] },
  {
    kernel: 'MaxPool',
    op: (x) => tf.maxPool(map(x), 3, 1, 1),
    inputs: [apart([1, 3, 3, 2])],
    what: 'overlapping windows',
  },
  {
    kernel: 'MaxPool',
    op: (x) => tf.maxPool(map(x), 2, 3, 0, 'ceil'),
    inputs: [apart([1, 4, 7, 1])],
    what: 'sizes rounded up',
  },
  {
    kernel: 'MaxPool3D',
    op: (x) => tf.maxPool3d(volume(x), [2, 1, 3], [2, 1, 1], 'same'),
    inputs: [apart([1, 3, 2, 4, 1])],
  },
  {
    kernel: 'MaxPoolGrad',
    op: (dy, x) =>
      runKernel(
        'MaxPoolGrad',
        { dy: dy!, input: x!, output: tf.maxPool(map(x), 2, 2, 'same') },
        { filterSize: 2, strides: 2, pad: 'same' },
      ),
    inputs: [within(-1, 1, [1, 2, 2, 2]), apart([1, 3, 4, 2])],
  },
  { kernel: 'Maximum', op: tf.maximum, inputs: [apart([2, 3]), apart([3], 1, 0.5)] },
  { kernel: 'Mean', op: (x) => tf.mean(x!, 1), inputs: [any] },
  { kernel: 'Min', op: (x) => tf.min(x!, 0, true), inputs: [apart([3, 4])] },
  { kernel: 'Minimum', op: tf.minimum, inputs: [apart([2, 3]), apart([3], 1, 0.5)] },
  {
    kernel: 'MirrorPad',
    op: (x) =>
      tf.mirrorPad(
        x!,
        [
          [1, 1],
          [0, 2],
        ],
        'reflect',
      ),
    inputs: [within(-1, 1, [2, 3])],
  },
  {
    kernel: 'MirrorPad',
    op: (x) =>
      tf.mirrorPad(
        x!,
        [
          [2, 0],
          [1, 3],
        ],
        'symmetric',
      ),
    inputs: [within(-1, 1, [2, 3])],
    what: 'symmetric',
  },
  {
    kernel: 'Mod',
    op: tf.mod,
    inputs: [
      { shape: [2, 2], values: [1.3, 2.9, 4.1, 0.4] },
      { shape: [2], values: [0.7, 1.6] },
    ],
  },
  { kernel: 'Multiply', op: tf.mul, inputs: [any, within(-1, 1, [3])] },
  { kernel: 'Neg', op: tf.neg, inputs: [any] },
  {
    kernel: 'NotEqual',
    op: (a, b) => tf.mul(a!, tf.cast(tf.notEqual(a!, b!), 'float32')),
    inputs: [any, within(-1, 1, [3])],
  },
  {
    kernel: 'OneHot',
    op: (x) =>
      tf.mul(tf.expandDims(x!, 1), tf.cast(tf.oneHot(tf.cast(x!, 'int32') as tf.Tensor1D, 3), 'float32')),
    inputs: [{ shape: [3], values: [0.4, 1.5, 2.6] }],
  },
  { kernel: 'OnesLike', op: (x) => tf.mul(x!, tf.onesLike(x!)), inputs: [any] },
  { kernel: 'Pack', op: (a, b) => tf.stack([a!, b!], 1), inputs: [any, within(0, 1, [2, 3])] },
  {
    kernel: 'PadV2',
    op: (x) =>
      tf.pad(
        x!,
        [
          [0, 1],
          [2, 0],
        ],
        0.5,
      ),
    inputs: [any],
  },
  { kernel: 'Pow', op: tf.pow, inputs: [within(0.4, 2, [2, 3]), within(-1, 3, [3])] },
  { kernel: 'Prelu', op: tf.prelu, inputs: [apart([2, 3]), within(0.1, 0.9, [3])] },
  {
    kernel: 'Prod',
    op: (x) => tf.prod(x!, [0, 2]),
    inputs: [{ shape: [2, 2, 2], values: [0.7, 0, 1.2, 0.5, -1.1, 0, 0.9, 1.3] }],
  },
  { kernel: 'RealDiv', op: tf.div, inputs: [any, within(0.5, 2, [3])] },
  { kernel: 'Reciprocal', op: tf.reciprocal, inputs: [within(0.5, 2, [6])] },
  { kernel: 'Relu', op: tf.relu, inputs: [apart([7])] },
  { kernel: 'Relu6', op: (x) => tf.relu6(tf.mul(x!, 20)), inputs: [apart([8])] },
  { kernel: 'Reshape', op: (x) => tf.reshape(x!, [3, 2]), inputs: [any] },
  {
    kernel: 'ResizeBilinear',
    op: (x) => tf.image.resizeBilinear(map(x), [5, 3]),
    inputs: [within(-1, 1, [2, 3, 4, 2])],
  },
  {
    kernel: 'ResizeBilinear',
    op: (x) => tf.image.resizeBilinear(map(x), [5, 3], true),
    inputs: [within(-1, 1, [1, 3, 4, 2])],
    what: 'corners aligned',
  },
  {
    kernel: 'ResizeBilinear',
    op: (x) => tf.image.resizeBilinear(map(x), [5, 2], false, true),
    inputs: [within(-1, 1, [2, 3, 4, 2])],
    what: 'half-pixel centres',
  },
  {
    kernel: 'ResizeBilinearGrad',
    op: (dy, x) =>
      runKernel(
        'ResizeBilinearGrad',
        { dy: dy!, images: x! },
        { alignCorners: false, halfPixelCenters: false },
      ),
    inputs: [within(-1, 1, [1, 5, 3, 1]), within(-1, 1, [1, 3, 3, 1])],
  },
  {
    kernel: 'ResizeNearestNeighbor',
    op: (x) => tf.image.resizeNearestNeighbor(map(x), [5, 3]),
    inputs: [within(-1, 1, [2, 3, 4, 2])],
  },
  {
    kernel: 'ResizeNearestNeighbor',
    op: (x) => tf.image.resizeNearestNeighbor(map(x), [5, 3], true),
    inputs: [within(-1, 1, [1, 3, 4, 2])],
    what: 'corners aligned',
  },
  {
    kernel: 'ResizeNearestNeighbor',
    op: (x) => tf.image.resizeNearestNeighbor(map(x), [5, 2], false, true),
    inputs: [within(-1, 1, [1, 3, 4, 2])],
    what: 'half-pixel centres',
  },
  {
    kernel: 'ResizeNearestNeighborGrad',
    op: (dy, x) =>
      runKernel(
        'ResizeNearestNeighborGrad',
        { dy: dy!, images: x! },
        { alignCorners: false, halfPixelCenters: false },
      ),
    inputs: [within(-1, 1, [1, 5, 3, 1]), within(-1, 1, [1, 3, 4, 1])],
  },
  { kernel: 'Reverse', op: (x) => tf.reverse(x!, 1), inputs: [any] },
  {
    kernel: 'Round',
    op: (x) => tf.mul(x!, tf.round(x!)),
    inputs: [{ shape: [4], values: [0.2, 1.3, -1.4, 0.7] }],
  },
  { kernel: 'Rsqrt', op: tf.rsqrt, inputs: [within(0.5, 2, [6])] },
  {
    kernel: 'ScatterNd',
    op: (x) => tf.scatterND(tf.tensor2d([[1], [3], [1]], [3, 1], 'int32'), x!, [4]),
    inputs: [within(-1, 1, [3])],
  },
  {
    kernel: 'Select',
    op: (a, b) => tf.where(tf.greater(a!, b!), tf.square(a!), b!),
    inputs: [apart([2, 3]), apart([3], 1, 0.5)],
  },
  { kernel: 'Selu', op: tf.selu, inputs: [apart([7])] },
  { kernel: 'Sigmoid', op: tf.sigmoid, inputs: [any] },
  { kernel: 'Sign', op: (x) => tf.mul(x!, tf.sign(x!)), inputs: [apart([7])] },
  { kernel: 'Sin', op: tf.sin, inputs: [any] },
  { kernel: 'Sinh', op: tf.sinh, inputs: [any] },
  { kernel: 'Slice', op: (x) => tf.slice(x!, [0, 1], [2, 2]), inputs: [any] },
  { kernel: 'Softmax', op: (x) => tf.softmax(x!), inputs: [any] },
  { kernel: 'Softplus', op: tf.softplus, inputs: [any] },
  {
    kernel: 'SpaceToBatchND',
    op: (x) =>
      tf.spaceToBatchND(
        x!,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    inputs: [within(-1, 1, [1, 3, 3, 1])],
  },
  {
    kernel: 'SplitV',
    op: (x) => tf.mul(...(tf.split(x!, [1, 1, 1], 1).slice(0, 2) as [tf.Tensor, tf.Tensor])),
    inputs: [any],
  },
  { kernel: 'Sqrt', op: tf.sqrt, inputs: [within(0.4, 3, [6])] },
  { kernel: 'Square', op: tf.square, inputs: [any] },
  { kernel: 'SquaredDifference', op: tf.squaredDifference, inputs: [any, within(-1, 1, [3])] },
  { kernel: 'Step', op: (x) => tf.mul(x!, tf.step(x!, 0.5)), inputs: [apart([7])] },
  {
    kernel: 'StridedSlice',
    op: (x) => tf.stridedSlice(x!, [0, -1], [3, 0], [2, -2]),
    inputs: [within(-1, 1, [3, 5])],
  },
  {
    kernel: 'StridedSlice',
    op: (x) => tf.stridedSlice(x!, [1, 3], [3, 4], [1, 2], 2, 2, 0, 0, 0),
    inputs: [within(-1, 1, [3, 5])],
    what: 'masks',
  },
  { kernel: 'Sub', op: tf.sub, inputs: [any, within(-1, 1, [3])] },
  { kernel: 'Sum', op: (x) => tf.sum(x!, 0), inputs: [any] },
  { kernel: 'Tan', op: tf.tan, inputs: [any] },
  { kernel: 'Tanh', op: tf.tanh, inputs: [any] },
  { kernel: 'Tile', op: (x) => tf.tile(x!, [2, 3]), inputs: [any] },
  { kernel: 'Transpose', op: (x) => tf.transpose(x!), inputs: [any] },
  { kernel: 'Unpack', op: (x) => tf.mul(...(tf.unstack(x!, 0) as [tf.Tensor, tf.Tensor])), inputs: [any] },
  {
    kernel: 'UnsortedSegmentSum',
    op: (x) => tf.unsortedSegmentSum(x!, tf.tensor1d([1, -1, 0, 1], 'int32'), 3),
    inputs: [within(-1, 1, [4, 2])],
  },
  { kernel: 'ZerosLike', op: (x) => tf.add(x!, tf.zerosLike(x!)), inputs: [any] },
];
