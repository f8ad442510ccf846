import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { useEngine } from '../src/index.js';
import { expectLikeCpu, type Input, type Op, sequence } from './compare.js';
import { FAST } from './engines.js';

const x: Input = { shape: [2, 3, 4] };
const image: Input = { shape: [2, 6, 5, 3] };
const positive: Input = { shape: [6], values: [0.2, 1.7, 0.9, 3.1, 2.2, 0.4] };
const unit: Input = { shape: [5], values: [-0.8, -0.3, 0.1, 0.45, 0.7] };
const overOne: Input = { shape: [4], values: [1.2, 1.9, 3.5, 7.25] };
const condition: Input = { shape: [2, 3], dtype: 'int32', values: [1, 0, 0, 1, 1, 0] };
const as4D = (t: tf.Tensor): tf.Tensor4D => t as tf.Tensor4D;
const as3D = (t: tf.Tensor): tf.Tensor3D => t as tf.Tensor3D;

const UNARY: Readonly<Record<string, Op>> = {
  abs: tf.abs,
  atan: tf.atan,
  asinh: tf.asinh,
  ceil: tf.ceil,
  clipByValue: (t) => tf.clipByValue(t, -0.5, 0.7),
  clone: tf.clone,
  cos: tf.cos,
  cosh: tf.cosh,
  cumsum: (t) => tf.cumsum(t, 1),
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expandDims: (t) => tf.expandDims(t, 1),
  expm1: tf.expm1,
  floor: tf.floor,
  leakyRelu: (t) => tf.leakyRelu(t, 0.1),
  logSigmoid: tf.logSigmoid,
  logSoftmax: (t) => tf.logSoftmax(t),
  logSumExp: (t) => tf.logSumExp(t, 1),
  max: (t) => tf.max(t, 2),
  mean: (t) => tf.mean(t, [0, 2]),
  min: (t) => tf.min(t, 0),
  mirrorPadValue: (t) =>
    tf.pad(t, [
      [1, 0],
      [0, 2],
      [1, 1],
    ]),
  moments: (t) => tf.moments(t, [0, 1]).variance,
  neg: tf.neg,
  norm: (t) => tf.norm(t, 2, 1),
  prod: (t) => tf.prod(tf.abs(t), 1),
  relu: tf.relu,
  relu6: (t) => tf.relu6(tf.mul(t, 6)),
  reshape: (t) => tf.reshape(t, [4, 6]),
  reverse: (t) => tf.reverse(t, 1),
  round: tf.round,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sin: tf.sin,
  sinh: tf.sinh,
  slice: (t) => tf.slice(t, [0, 1, 1], [2, 2, 2]),
  softmax: (t) => tf.softmax(t),
  softplus: tf.softplus,
  split: (t) => tf.add(...(tf.split(t, 2, 2) as [tf.Tensor, tf.Tensor])),
  square: tf.square,
  squeeze: (t) => tf.squeeze(tf.expandDims(t, 0)),
  step: (t) => tf.step(t),
  sum: (t) => tf.sum(t, [0, 1]),
  tan: tf.tan,
  tanh: tf.tanh,
  tile: (t) => tf.tile(t, [1, 2, 3]),
  transpose: (t) => tf.transpose(t, [2, 0, 1]),
  unstack: (t) => tf.mul(...(tf.unstack(t, 0) as [tf.Tensor, tf.Tensor])),
};

const BINARY: Readonly<Record<string, Op>> = {
  add: tf.add,
  atan2: tf.atan2,
  div: (a, b) => tf.div(a, tf.add(tf.abs(b), 0.5)),
  floorDiv: (a, b) => tf.floorDiv(a, tf.add(tf.abs(b), 0.5)),
  maximum: tf.maximum,
  minimum: tf.minimum,
  mod: (a, b) => tf.mod(a, tf.add(tf.abs(b), 0.5)),
  mul: tf.mul,
  pow: (a, b) => tf.pow(tf.add(tf.abs(a), 0.1), b),
  prelu: (a, b) => tf.prelu(a, b),
  squaredDifference: tf.squaredDifference,
  sub: tf.sub,
};

const OTHERS: Readonly<Record<string, readonly [Op, ...Input[]]>> = {
  acos: [tf.acos, unit],
  acosh: [tf.acosh, overOne],
  asin: [tf.asin, unit],
  atanh: [tf.atanh, unit],
  log: [tf.log, positive],
  log1p: [tf.log1p, positive],
  reciprocal: [tf.reciprocal, positive],
  rsqrt: [tf.rsqrt, positive],
  sqrt: [tf.sqrt, positive],
  addN: [(...t) => tf.addN(t), x, x, x],
  avgPool: [(t) => tf.avgPool(as4D(t), [3, 2], 2, 'same'), image],
  batchNorm: [
    (t, mean, variance, offset, scale) =>
      tf.batchNorm(
        t,
        mean as tf.Tensor1D,
        tf.abs(variance!) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
    image,
    { shape: [3] },
    { shape: [3], values: [0.5, 1.5, 2] },
    { shape: [3] },
    { shape: [3] },
  ],
  batchToSpaceND: [
    (t) =>
      tf.batchToSpaceND(
        t,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    { shape: [4, 2, 3, 1] },
  ],
  broadcastTo: [(t) => tf.broadcastTo(t, [2, 3, 4]), { shape: [3, 1] }],
  concat: [(a, b) => tf.concat([a!, b!], 1), x, { shape: [2, 2, 4] }],
  conv2dTranspose: [
    (t, w) => tf.conv2dTranspose(as4D(t), as4D(w), [2, 12, 10, 4], 2, 'same'),
    image,
    { shape: [3, 3, 4, 3] },
  ],
  fusedConv2d: [
    (t, w, b) =>
      tf.fused.conv2d({ x: as4D(t), filter: as4D(w), strides: 1, pad: 'same', bias: b!, activation: 'relu' }),
    image,
    { shape: [3, 3, 3, 4] },
    { shape: [4] },
  ],
  fusedMatMul: [
    (a, b, bias) =>
      tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias: bias!, activation: 'relu' }),
    { shape: [4, 3] },
    { shape: [3, 5] },
    { shape: [5] },
  ],
  lrn: [(t) => tf.localResponseNormalization(as4D(t), 2, 1, 0.7, 0.5), image],
  maxPool: [(t) => tf.maxPool(as4D(t), 3, 2, 'same'), image],
  maxPoolValid: [(t) => tf.maxPool(as4D(t), [2, 3], [2, 1], 'valid'), image],
  mirrorPad: [
    (t) =>
      tf.mirrorPad(
        t,
        [
          [0, 0],
          [1, 1],
          [0, 0],
        ],
        'reflect',
      ),
    x,
  ],
  oneHot: [
    (i, w) => tf.mul(tf.oneHot(i as tf.Tensor1D, 4), w!),
    { shape: [3], dtype: 'int32', values: [1, 3, 0] },
    { shape: [3, 4] },
  ],
  resizeBilinear: [(t) => tf.image.resizeBilinear(as4D(t), [9, 4]), image],
  resizeBilinearAligned: [(t) => tf.image.resizeBilinear(as4D(t), [11, 10], true), image],
  resizeNearest: [(t) => tf.image.resizeNearestNeighbor(as4D(t), [3, 10]), image],
  separableConv2d: [
    (t, d, p) => tf.separableConv2d(as4D(t), as4D(d), as4D(p), 1, 'same'),
    image,
    { shape: [3, 3, 3, 2] },
    { shape: [1, 1, 6, 4] },
  ],
  sigmoidCrossEntropy: [(l) => tf.losses.sigmoidCrossEntropy(tf.tensor1d([0, 1, 1, 0, 1]), l!), unit],
  softmaxCrossEntropy: [
    (l) => tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d([0, 2], 'int32'), 3), l!),
    { shape: [2, 3] },
  ],
  spaceToBatchND: [
    (t) =>
      tf.spaceToBatchND(
        t,
        [2, 2],
        [
          [0, 0],
          [1, 0],
        ],
      ),
    { shape: [1, 4, 5, 2] },
  ],
  stack: [(a, b) => tf.stack([a!, b!], 1), x, x],
  where: [
    (c, a, b) => tf.where(tf.cast(c!, 'bool'), a!, b!),
    condition,
    { shape: [2, 3] },
    { shape: [2, 3] },
  ],
  conv1d: [(t, w) => tf.conv1d(as3D(t), as3D(w), 2, 'same'), { shape: [2, 7, 3] }, { shape: [3, 3, 4] }],
  conv3d: [
    (t, w) => tf.conv3d(t as tf.Tensor5D, w as tf.Tensor5D, 1, 'same'),
    { shape: [1, 3, 4, 3, 2] },
    { shape: [2, 3, 2, 2, 3] },
  ],
  depthToSpace: [(t) => tf.depthToSpace(as4D(t), 2), { shape: [2, 3, 2, 8] }],
  gatherND: [
    (t, i) => tf.gatherND(t, i!),
    { shape: [3, 4, 2] },
    { shape: [3, 2], dtype: 'int32', values: [0, 1, 2, 3, 0, 1] },
  ],
  dilation2d: [(t, w) => tf.dilation2d(as4D(t), as3D(w!), 1, 'same', [1, 1]), image, { shape: [2, 3, 3] }],
  dot: [(a, b) => tf.dot(a!, b!), { shape: [4, 3] }, { shape: [3] }],
};

describe('value and gradient on wasm and native are those on cpu', () => {
  test.each(Object.entries(UNARY))('%s', async (_, op) => {
    await expectLikeCpu(op, [x]);
  });

  test.each(Object.entries(BINARY))('%s, also broadcast', async (_, op) => {
    await expectLikeCpu(op, [x, x]);
    await expectLikeCpu(op, [x, { shape: [3, 1] }]);
  });

  test.each(Object.entries(OTHERS))('%s', async (_, [op, ...inputs]) => {
    await expectLikeCpu(op, inputs);
  });
});

/** Ops whose gradients are mended here, or whose windows and borders are easy to get wrong. */
const SLOPES: Readonly<Record<string, readonly [Op, Input]>> = {
  avgPoolSame: [(t) => tf.avgPool(as4D(t), [3, 2], 2, 'same'), image],
  avgPoolSameStride1: [(t) => tf.avgPool(as4D(t), 3, 1, 'same'), image],
  avgPoolValid: [(t) => tf.avgPool(as4D(t), [3, 2], 2, 'valid'), image],
  avgPoolNumber: [(t) => tf.avgPool(as4D(t), 3, 2, 1), image],
  maxPoolSame: [(t) => tf.maxPool(as4D(t), 3, 2, 'same'), image],
  mirrorPadReflect: [
    (t) =>
      tf.mirrorPad(
        t,
        [
          [0, 0],
          [1, 2],
          [2, 0],
          [0, 0],
        ],
        'reflect',
      ),
    image,
  ],
  mirrorPadSymmetric: [
    (t) =>
      tf.mirrorPad(
        t,
        [
          [1, 0],
          [1, 2],
          [3, 1],
          [0, 0],
        ],
        'symmetric',
      ),
    image,
  ],
  lrn: [(t) => tf.localResponseNormalization(as4D(t), 2, 1, 0.7, 0.5), image],
  resizeBilinear: [(t) => tf.image.resizeBilinear(as4D(t), [9, 4]), image],
  conv2dTranspose: [
    (t) => tf.conv2dTranspose(as4D(t), tf.ones([3, 3, 4, 3]), [2, 12, 10, 4], 2, 'same'),
    image,
  ],
  prod: [(t) => tf.prod(t, [0, 2]), x],
  cumsum: [(t) => tf.cumsum(t, 1, true, true), x],
  maximum: [(t) => tf.maximum(t, tf.tensor([[0.1], [0.2], [-0.3]])), x],
  squaredDifference: [(t) => tf.squaredDifference(tf.ones([2, 3, 4]), t), { shape: [3, 1] }],
};

const slopes = FAST.flatMap((engine) => Object.entries(SLOPES).map((entry) => [engine, ...entry] as const));

test.each(slopes)('on %s the gradient of %s is its slope', async (engine, _, [op, { shape }]) => {
  await useEngine(engine);
  const values = sequence(tf.util.sizeFromShape([...shape]));
  const at = (changed: Float32Array): tf.Tensor => op(tf.tensor(changed, [...shape]));
  const size = at(values).size;
  const weights = tf.tensor(sequence(size, 99), at(values).shape);
  const gradient = await tf
    .grad((t) => op(t))(tf.tensor(values, [...shape]), weights)
    .data();
  for (let i = 0; i < values.length; i += Math.ceil(values.length / 40)) {
    const total = async (step: number): Promise<number> => {
      const changed = values.slice();
      changed[i]! += step;
      return (await tf.sum(tf.mul(at(changed), weights)).data())[0]!;
    };
    const slope = ((await total(2e-3)) - (await total(-2e-3))) / 4e-3;
    expect(Math.abs(slope - gradient[i]!), `element ${i}`).toBeLessThan(5e-3);
  }
});

test.each(FAST)('on %s a gradient that tfjs gets wrong and that is not mended throws', async (engine) => {
  await useEngine(engine);
  const pool = tf.grad((t) => tf.maxPool3d(t as tf.Tensor5D, 2, 1, 'same'));
  expect(() => pool(tf.ones([1, 2, 2, 2, 1]))).toThrow(/gradient function not found for MaxPool3D/);
});

test.each(FAST)(
  'windows beyond the border are pooled on %s where their number is rounded up',
  async (engine) => {
    await useEngine(engine);
    const x = tf.tensor4d([1, 5, 2, 7, 3, 9, 4, 8], [1, 2, 4, 1]);
    const pooled = [tf.maxPool(x, 2, 3, 0, 'ceil'), tf.avgPool(x, 2, 3, 0, 'ceil')];
    expect(pooled.map((tensor) => [...tensor.dataSync()])).toEqual([
      [9, 8],
      [4.5, 7.5],
    ]);
  },
);

test.each(FAST)('einsum on %s (tfjs has no gradient for it)', async (engine) => {
  await useEngine(engine);
  const [a, b] = [
    tf.tensor2d([
      [1, 2],
      [3, 4],
    ]),
    tf.tensor2d([
      [5, 6],
      [7, 8],
    ]),
  ];
  expect(await tf.einsum('ij,jk->ki', a, b).array()).toEqual([
    [19, 43],
    [22, 50],
  ]);
});

test.each(FAST)('each gradient that tfjs ships is registered on %s', async (engine) => {
  await useEngine(engine);
  const without = ['Complex', 'Draw', 'FFT', 'IFFT', 'Imag', 'Real'];
  const missing = tf
    .getKernelsForBackend('cpu')
    .map(({ kernelName }) => kernelName)
    .filter((name) => tf.getGradient(name) && !tf.getKernel(name, engine) && !without.includes(name));
  expect(missing).toEqual(engine === 'wasm' ? ['ComplexAbs'] : []);
});
