import * as tf from '@tensorflow/tfjs-core';
import { noise, type Op, STEP, type Values } from '../helpers/second-order.js';

export interface Row {
  /** What it is there for; undefined where an op is no kernel or is made of several. */
  readonly kernel?: string;
  /** Which of several of one kernel, or what op. */
  readonly what?: string;
  readonly op: Op;
  readonly inputs: readonly Values[];
}

export const nameOf = ({ kernel, what }: Row): string => [kernel, what].filter(Boolean).join(', ');

/** Values further apart, and further from 0, than a test moves them, so that no kink is crossed. */
function apart(shape: readonly number[], seed = 0, offset = 0): Values {
  const size = tf.util.sizeFromShape([...shape]);
  const order = noise(size, seed + 1)
    .map((key, i) => [key, i] as const)
    .sort(([a], [b]) => a - b);
  const values = new Array<number>(size);
  for (const [place, [, i]] of order.entries())
    values[i] = (place - Math.floor(size / 2) + 0.5 + offset) * 10 * STEP;
  return { shape, values };
}

/** Within `from` and `to`. */
export function within(from: number, to: number, shape: readonly number[], seed = 0): Values {
  const values = noise(tf.util.sizeFromShape([...shape]), seed + 3);
  return { shape, values: values.map((value) => from + ((value + 1) / 2) * (to - from)) };
}

const map = (x: tf.Tensor | undefined): tf.Tensor4D => x as tf.Tensor4D;
const volume = (x: tf.Tensor | undefined): tf.Tensor5D => x as tf.Tensor5D;
const any = within(-1.2, 1.2, [2, 3]);

function run(kernel: string, inputs: Record<string, tf.Tensor>, attrs: object = {}): tf.Tensor {
  return tf
    .engine()
    .runKernel(kernel, inputs, attrs as Parameters<ReturnType<typeof tf.engine>['runKernel']>[2]);
}

const at = (strides: number, pad: string) => ({
  strides: [strides, strides],
  pad,
  dataFormat: 'NHWC',
  dilations: [1, 1],
  dimRoundingMode: undefined,
});

/** At least one for every kernel with a gradient. */
export const rows: readonly Row[] = [
  { kernel: 'Abs', op: tf.abs, inputs: [apart([7])] },
  { kernel: 'Acos', op: tf.acos, inputs: [within(-0.8, 0.8, [6])] },
  { kernel: 'Acosh', op: tf.acosh, inputs: [within(1.3, 4, [6])] },
  { kernel: 'Add', op: tf.add, inputs: [any, within(-1, 1, [3])] },
  {
    kernel: 'AddN',
    op: (a, b, c) => tf.addN([a!, b!, c!]),
    inputs: [any, within(0, 2, [2, 3]), within(-1, 0, [2, 3])],
  },
  {
    kernel: 'ArgMax',
    op: (x) => tf.mul(x!, tf.expandDims(tf.cast(tf.argMax(x!, 1), 'float32'), 1)),
    inputs: [apart([3, 4])],
  },
  {
    kernel: 'ArgMin',
    op: (x) => tf.mul(x!, tf.expandDims(tf.cast(tf.argMin(x!, 1), 'float32'), 1)),
    inputs: [apart([3, 4])],
  },
  { kernel: 'Asin', op: tf.asin, inputs: [within(-0.8, 0.8, [6])] },
  { kernel: 'Asinh', op: tf.asinh, inputs: [any] },
  { kernel: 'Atan', op: tf.atan, inputs: [any] },
  { kernel: 'Atan2', op: tf.atan2, inputs: [any, within(0.4, 2, [3])] },
  { kernel: 'Atanh', op: tf.atanh, inputs: [within(-0.8, 0.8, [6])] },
  {
    kernel: 'AvgPool',
    op: (x) => tf.avgPool(map(x), [2, 3], 2, 'same'),
    inputs: [within(-1, 1, [2, 5, 4, 2])],
  },
  {
    kernel: 'AvgPool',
    op: (x) => tf.avgPool(map(x), 2, 3, 0, 'ceil'),
    inputs: [within(-1, 1, [1, 4, 7, 1])],
    what: 'sizes rounded up',
  },
  {
    kernel: 'AvgPool3D',
    op: (x) => tf.avgPool3d(volume(x), [2, 1, 3], [2, 1, 1], 'same'),
    inputs: [within(-1, 1, [1, 3, 2, 4, 2])],
  },
  {
    kernel: 'AvgPoolGrad',
    op: (dy, x) => run('AvgPoolGrad', { dy: dy!, input: x! }, { filterSize: 2, strides: 2, pad: 'same' }),
    inputs: [within(-1, 1, [1, 2, 2, 2]), within(-1, 1, [1, 3, 4, 2])],
  },
  {
    kernel: 'BatchMatMul',
    op: (a, b) => tf.matMul(a!, b!, true, false),
    inputs: [within(-1, 1, [2, 3, 2]), within(-1, 1, [2, 3, 4], 1)],
  },
  {
    kernel: 'BatchMatMul',
    op: (a, b) => tf.fused.matMul({ a: a!, b: b!, activation: 'elu' }),
    inputs: [within(-1, 1, [2, 3]), within(-1, 1, [3, 4], 1)],
    what: 'fused with elu',
  },
  {
    kernel: 'BatchToSpaceND',
    op: (x) =>
      tf.batchToSpaceND(
        x!,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    inputs: [within(-1, 1, [4, 2, 2, 1])],
  },
  {
    kernel: 'Cast',
    op: (x) => tf.mul(x!, tf.cast(tf.cast(tf.add(x!, 0.02), 'int32'), 'float32')),
    inputs: [apart([6])],
  },
  { kernel: 'Ceil', op: (x) => tf.mul(x!, tf.ceil(x!)), inputs: [apart([6], 0, 0.2)] },
  { kernel: 'ClipByValue', op: (x) => tf.clipByValue(x!, -0.2, 0.2), inputs: [apart([8])] },
  { kernel: 'Concat', op: (a, b) => tf.concat([a!, b!], 1), inputs: [any, within(-1, 1, [2, 1])] },
  {
    kernel: 'Conv2D',
    op: (x, w) => tf.conv2d(map(x), map(w), 2, 'same'),
    inputs: [within(-1, 1, [2, 5, 4, 2]), within(-1, 1, [3, 2, 2, 3], 1)],
  },
  {
    kernel: 'Conv2D',
    op: (x, w) => tf.conv2d(map(x), map(w), 1, 'same', 'NHWC', [2, 3]),
    inputs: [within(-1, 1, [1, 5, 6, 2]), within(-1, 1, [2, 2, 2, 2], 1)],
    what: 'dilated',
  },
  {
    kernel: 'Conv2D',
    op: (x, w) => tf.fused.conv2d({ x: map(x), filter: map(w), strides: 1, pad: 1, activation: 'sigmoid' }),
    inputs: [within(-1, 1, [1, 3, 4, 2]), within(-1, 1, [3, 3, 2, 2], 1)],
    what: 'fused with sigmoid',
  },
  {
    kernel: 'Conv2DBackpropFilter',
    op: (x, dy) =>
      run('Conv2DBackpropFilter', { x: x!, dy: dy! }, { ...at(2, 'same'), filterShape: [2, 3, 2, 1] }),
    inputs: [within(-1, 1, [1, 3, 4, 2]), within(-1, 1, [1, 2, 2, 1], 1)],
  },
  {
    kernel: 'Conv2DBackpropInput',
    op: (dy, w) => tf.conv2dTranspose(map(dy), map(w), [1, 4, 4, 2], 2, 'same'),
    inputs: [within(-1, 1, [1, 2, 2, 3]), within(-1, 1, [3, 2, 2, 3], 1)],
  },
  {
    kernel: 'Conv3D',
    op: (x, w) => tf.conv3d(volume(x), volume(w), [1, 2, 1], 'same'),
    inputs: [within(-1, 1, [1, 2, 3, 2, 1]), within(-1, 1, [2, 2, 1, 1, 2], 1)],
  },
  {
    kernel: 'Conv3DBackpropFilterV2',
    op: (x, dy) =>
      run(
        'Conv3DBackpropFilterV2',
        { x: x!, dy: dy! },
        { strides: [1, 2, 1], pad: 'same', filterShape: [2, 2, 1, 1, 2] },
      ),
    inputs: [within(-1, 1, [1, 2, 3, 2, 1]), within(-1, 1, [1, 2, 2, 2, 2], 1)],
  },
  {
    kernel: 'Conv3DBackpropInputV2',
    op: (dy, w) => tf.conv3dTranspose(volume(dy), volume(w), [1, 2, 4, 2, 1], [1, 2, 1], 'same'),
    inputs: [within(-1, 1, [1, 2, 2, 2, 2]), within(-1, 1, [2, 2, 1, 1, 2], 1)],
  },
  { kernel: 'Cos', op: tf.cos, inputs: [any] },
  { kernel: 'Cosh', op: tf.cosh, inputs: [any] },
  {
    kernel: 'Cumprod',
    op: (x) => tf.cumprod(x!, 0, false, true),
    inputs: [{ shape: [4, 2], values: [0.7, 0, 1.2, 0.5, -1.1, 0, 0.9, 1.3] }],
  },
  {
    kernel: 'Cumprod',
    op: (x) => tf.cumprod(x!, 1, true),
    inputs: [within(-1.2, 1.2, [2, 4])],
    what: 'exclusive',
  },
  { kernel: 'Cumsum', op: (x) => tf.cumsum(x!, 0, true), inputs: [within(-1, 1, [3, 3])] },
  { kernel: 'DepthToSpace', op: (x) => tf.depthToSpace(map(x), 2), inputs: [within(-1, 1, [1, 2, 1, 8])] },
  {
    kernel: 'DepthwiseConv2dNative',
    op: (x, w) => tf.depthwiseConv2d(map(x), map(w), 2, 'same'),
    inputs: [within(-1, 1, [2, 5, 4, 2]), within(-1, 1, [3, 2, 2, 2], 1)],
  },
  {
    kernel: 'DepthwiseConv2dNative',
    op: (x, w) => tf.depthwiseConv2d(map(x), map(w), 1, 'valid', 'NHWC', 2),
    inputs: [within(-1, 1, [1, 5, 4, 2]), within(-1, 1, [3, 2, 2, 1], 1)],
    what: 'dilated',
  },
  {
    kernel: 'DepthwiseConv2dNativeBackpropFilter',
    op: (x, dy) =>
      run(
        'DepthwiseConv2dNativeBackpropFilter',
        { x: x!, dy: dy! },
        { ...at(2, 'same'), filterShape: [2, 3, 2, 2] },
      ),
    inputs: [within(-1, 1, [1, 3, 4, 2]), within(-1, 1, [1, 2, 2, 4], 1)],
  },
  {
    kernel: 'DepthwiseConv2dNativeBackpropInput',
    op: (dy, w) =>
      run(
        'DepthwiseConv2dNativeBackpropInput',
        { dy: dy!, filter: w! },
        { ...at(2, 'same'), inputShape: [1, 3, 4, 2] },
      ),
    inputs: [within(-1, 1, [1, 2, 2, 4]), within(-1, 1, [2, 3, 2, 2], 1)],
  },
  {
    kernel: 'Dilation2D',
    op: (x, w) => tf.dilation2d(map(x), w as tf.Tensor3D, 2, 'same', 1),
    inputs: [apart([1, 4, 4, 2]), within(-0.02, 0.02, [2, 2, 2])],
  },
  {
    kernel: 'Dilation2DBackpropFilter',
    op: (x, w, dy) =>
      run(
        'Dilation2DBackpropFilter',
        { x: x!, filter: w!, dy: dy! },
        { strides: [1, 1], pad: 'valid', dilations: [2, 1] },
      ),
    inputs: [apart([1, 4, 3, 1]), within(-0.02, 0.02, [2, 2, 1]), within(-1, 1, [1, 2, 2, 1])],
  },
  {
    kernel: 'Dilation2DBackpropInput',
    op: (x, w, dy) =>
      run(
        'Dilation2DBackpropInput',
        { x: x!, filter: w!, dy: dy! },
        { strides: [1, 1], pad: 'same', dilations: [2, 1] },
      ),
    inputs: [apart([1, 4, 3, 1]), within(-0.02, 0.02, [2, 2, 1]), within(-1, 1, [1, 4, 3, 1])],
  },
  { kernel: 'Elu', op: tf.elu, inputs: [apart([2, 8])] },
  {
    kernel: 'EluGrad',
    op: (dy, y) => run('EluGrad', { dy: dy!, y: y! }),
    inputs: [within(-1, 1, [8]), apart([8])],
  },
  {
    kernel: 'Equal',
    op: (a, b) => tf.mul(a!, tf.cast(tf.equal(a!, b!), 'float32')),
    inputs: [any, within(-1, 1, [3])],
  },
  { kernel: 'Erf', op: tf.erf, inputs: [any] },
  { kernel: 'Exp', op: tf.exp, inputs: [any] },
  { kernel: 'ExpandDims', op: (x) => tf.expandDims(x!, 1), inputs: [any] },
  { kernel: 'Expm1', op: tf.expm1, inputs: [any] },
  { kernel: 'Floor', op: (x) => tf.mul(x!, tf.floor(x!)), inputs: [apart([6], 0, 0.2)] },
  {
    kernel: 'FloorDiv',
    op: (a, b) => tf.mul(a!, tf.floorDiv(a!, b!)),
    inputs: [
      { shape: [4], values: [1.3, -2.1, 3.6, 0.5] },
      { shape: [1], values: [0.8] },
    ],
  },
  {
    kernel: 'FusedBatchNorm',
    op: (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        map(x),
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        0.01,
      ),
    inputs: [
      within(-1, 1, [2, 2, 2, 3]),
      within(-1, 1, [3]),
      within(0.5, 1.5, [3]),
      within(-1, 1, [3], 2),
      within(0.5, 1.5, [3], 3),
    ],
  },
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
      run(
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
      run('ResizeBilinearGrad', { dy: dy!, images: x! }, { alignCorners: false, halfPixelCenters: false }),
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
      run(
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
  {
    what: 'convolution fused with its bias, dilated',
    op: (x, w, b) =>
      tf.fused.conv2d({ x: map(x), filter: map(w), bias: b!, strides: 1, pad: 'same', dilations: [2, 3] }),
    inputs: [within(-1, 1, [1, 5, 6, 2]), within(-1, 1, [2, 2, 2, 2], 1), within(-1, 1, [2])],
  },
  {
    what: 'convolution fused with its bias, of one image',
    op: (x, w, b) =>
      tf.fused.conv2d({ x: x as tf.Tensor3D, filter: map(w), bias: b!, strides: [2, 1], pad: 'valid' }),
    inputs: [within(-1, 1, [5, 4, 2]), within(-1, 1, [3, 2, 2, 2], 1), within(-1, 1, [2])],
  },
  {
    what: 'depthwise convolution fused, dilated',
    op: (x, w) => tf.fused.depthwiseConv2d({ x: map(x), filter: map(w), strides: 1, pad: 1, dilations: 2 }),
    inputs: [within(-1, 1, [1, 5, 4, 2]), within(-1, 1, [2, 2, 2, 2], 1)],
  },
  { what: 'logSigmoid', op: (x) => tf.logSigmoid(x!), inputs: [any] },
  { what: 'logSoftmax', op: (x) => tf.logSoftmax(x!), inputs: [any] },
  {
    what: 'softmaxCrossEntropy',
    op: (labels, logits) =>
      tf.losses.softmaxCrossEntropy(labels!, logits!, undefined, 0.1, tf.Reduction.NONE),
    inputs: [within(0.1, 0.9, [2, 3]), any],
  },
  {
    what: 'sigmoidCrossEntropy',
    op: (logits) => tf.losses.sigmoidCrossEntropy(tf.tensor2d([[0, 1, 1]]), logits!),
    inputs: [apart([1, 3])],
  },
  { what: 'swish', op: (x) => tf.mul(x!, tf.sigmoid(x!)), inputs: [any] },
  {
    what: 'gelu',
    op: (x) => tf.mul(x!, tf.mul(0.5, tf.add(1, tf.erf(tf.div(x!, Math.SQRT2))))),
    inputs: [any],
  },
  { what: 'mish', op: (x) => tf.mul(x!, tf.tanh(tf.softplus(x!))), inputs: [any] },
  {
    what: 'layer norm',
    op: (x) => {
      const { mean, variance } = tf.moments(x!, 1, true);
      return tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, 0.01)));
    },
    inputs: [any],
  },
  {
    what: 'a gradient of its own, by its output',
    op: (x) =>
      tf.customGrad((...args) => {
        const [x, save] = args as unknown as [tf.Tensor, (kept: tf.Tensor[]) => void];
        const value = tf.exp(x);
        save([value, x]);
        return { value, gradFunc: (dy: tf.Tensor, [y]: tf.Tensor[]) => tf.mul(dy, y!) };
      })(x!),
    inputs: [any],
  },
];
