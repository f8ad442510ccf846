import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from '../../src/index.js';
import { any, apart, at, map, type Row, volume, within } from './inputs.js';

export const rowsAToF: readonly Row[] = [
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
    op: (dy, x) =>
      runKernel('AvgPoolGrad', { dy: dy!, input: x! }, { filterSize: 2, strides: 2, pad: 'same' }),
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
      runKernel('Conv2DBackpropFilter', { x: x!, dy: dy! }, { ...at(2, 'same'), filterShape: [2, 3, 2, 1] }),
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
      runKernel(
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
      runKernel(
        'DepthwiseConv2dNativeBackpropFilter',
        { x: x!, dy: dy! },
        { ...at(2, 'same'), filterShape: [2, 3, 2, 2] },
      ),
    inputs: [within(-1, 1, [1, 3, 4, 2]), within(-1, 1, [1, 2, 2, 4], 1)],
  },
  {
    kernel: 'DepthwiseConv2dNativeBackpropInput',
    op: (dy, w) =>
      runKernel(
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
      runKernel(
        'Dilation2DBackpropFilter',
        { x: x!, filter: w!, dy: dy! },
        { strides: [1, 1], pad: 'valid', dilations: [2, 1] },
      ),
    inputs: [apart([1, 4, 3, 1]), within(-0.02, 0.02, [2, 2, 1]), within(-1, 1, [1, 2, 2, 1])],
  },
  {
    kernel: 'Dilation2DBackpropInput',
    op: (x, w, dy) =>
      runKernel(
        'Dilation2DBackpropInput',
        { x: x!, filter: w!, dy: dy! },
        { strides: [1, 1], pad: 'same', dilations: [2, 1] },
      ),
    inputs: [apart([1, 4, 3, 1]), within(-0.02, 0.02, [2, 2, 1]), within(-1, 1, [1, 4, 3, 1])],
  },
  { kernel: 'Elu', op: tf.elu, inputs: [apart([2, 8])] },
  {
    kernel: 'EluGrad',
    op: (dy, y) => runKernel('EluGrad', { dy: dy!, y: y! }),
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
];
