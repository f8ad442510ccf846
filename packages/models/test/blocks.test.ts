/* Every hand-written gradient, and the gradient of its squared norm, against central differences. */

import { kernelCounts, resetKernelCounts, unavailable } from '@pcam/tfjs-backend-native';
import { maxPool } from '@pcam/tfjs-gradients';
import {
  abs,
  add,
  grads,
  matMul,
  max,
  mean,
  mul,
  relu,
  type Scalar,
  step,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor,
  tidy,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { gelu, sigmoid, softmax } from '../src/blocks/activations.js';
import { addRelu } from '../src/blocks/add-relu.js';
import { batchNormalise, type ChannelMoments } from '../src/blocks/batch-normalise.js';
import { channelAffine, channelMeans, spatialMeans } from '../src/blocks/channels.js';
import { Dense } from '../src/blocks/dense.js';
import { averageHalved } from '../src/blocks/downsampling.js';
import { concatFeatures, groupPool } from '../src/blocks/group-features.js';
import { GroupFilter } from '../src/blocks/group-filter.js';
import { layerNorm, normalise } from '../src/blocks/layer-norm.js';
import { upsample } from '../src/blocks/upsample.js';
import { truncatedNormal } from '../src/initialisers.js';
import { Scope } from '../src/scope.js';
import { expectGradient, reproducible, weighted } from './differences.js';
import { onEngines, start } from './engines.js';

interface Case {
  readonly name: string;
  readonly inputs: () => Tensor[];
  readonly op: (inputs: Tensor[]) => Tensor;
}

const map = (): Tensor => reproducible('map', [2, 4, 6, 3]);
const vector = (name: string): Tensor => reproducible(name, [3]);
const bn = (activation: 'linear' | 'relu') => (inputs: Tensor[]) =>
  batchNormalise(inputs[0] as Tensor4D, inputs[1] as Tensor1D, inputs[2] as Tensor1D, {
    epsilon: 1e-5,
    activation,
  });
/** Distinct values 0.1 apart, so that a difference step never changes which one is the largest. */
const ranked = (): Tensor =>
  tensor(
    Float32Array.from({ length: 2 * 4 * 6 * 3 }, (_, i) => ((i * 37) % 144) / 10),
    [2, 4, 6, 3],
  );

const cases: Case[] = [
  { name: 'batch norm', inputs: () => [map(), vector('weight'), vector('bias')], op: bn('linear') },
  { name: 'spatial means', inputs: () => [map()], op: ([x]) => spatialMeans(x as Tensor4D) },
  { name: 'channel means', inputs: () => [map()], op: ([x]) => mul(channelMeans(x as Tensor4D), 20) },
  {
    name: 'channel affine',
    inputs: () => [map(), vector('scale'), vector('shift')],
    op: ([x, scale, shift]) => channelAffine(x as Tensor4D, scale as Tensor1D, shift as Tensor1D),
  },
  {
    name: 'a filter of p4m',
    inputs: () => [reproducible('filter', [2, 2, 8 * 2, 3])],
    op: ([filter]) =>
      new GroupFilter({ group: 'p4m', lifted: true, inputs: 2, outputs: 3, kernel: 2 }).plainOf(
        filter as Tensor4D,
      ),
  },
  { name: 'the mean over orientations', inputs: () => [map()], op: ([x]) => groupPool(x as Tensor4D, 3) },
  {
    name: 'joined features',
    inputs: () => [map(), reproducible('more', [2, 4, 6, 6])],
    op: ([x, more]) => concatFeatures(x as Tensor4D, more as Tensor4D, 3),
  },
  { name: 'halving', inputs: () => [map()], op: ([x]) => averageHalved(x as Tensor4D) },
  { name: 'layer norm', inputs: () => [reproducible('tokens', [2, 5, 8])], op: ([x]) => normalise(x!) },
  {
    name: 'layer norm with weight and bias',
    inputs: () => [reproducible('tokens', [2, 5, 3]), vector('weight'), vector('bias')],
    op: ([x, weight, bias]) => layerNorm(x as Tensor3D, weight as Tensor1D, bias as Tensor1D),
  },
  {
    name: 'the rectified sum',
    inputs: () => [map(), add(map(), 0.3)],
    op: ([a, b]) => addRelu(a as Tensor4D, mul(b!, 2) as Tensor4D),
  },
  { name: 'softmax', inputs: () => [reproducible('scores', [3, 5], 2)], op: ([x]) => mul(softmax(x!), 5) },
  { name: 'sigmoid', inputs: () => [reproducible('scores', [20], 3)], op: ([x]) => sigmoid(x!) },
  { name: 'gelu', inputs: () => [reproducible('scores', [20], 3)], op: ([x]) => gelu(x!) },
  { name: 'upsampling', inputs: () => [map()], op: ([x]) => upsample(x as Tensor4D) },
  { name: 'max pool', inputs: () => [ranked()], op: ([x]) => maxPool(x as Tensor4D, 3, 2, 1) },
];

/** Curved, so that second derivatives are not zero for linear ops. */
const curved = (op: Case['op']) => (xs: Tensor[]) => {
  const y = op(xs);
  return add(weighted(y), mul(0.5, weighted(mul(y, y)))) as Scalar;
};

/** The mean squared slope of f along each of the inputs, or of some, summed. */
const squaredSlopes =
  (f: (xs: Tensor[]) => Scalar, along?: readonly number[]) =>
  (xs: Tensor[]): Scalar => {
    const slopes = grads((...args: Tensor[]) => f(args))(xs).filter((_, i) => along?.includes(i) ?? true);
    return slopes.map((g) => mean(mul(g, g))).reduce((total, square) => add(total, square)) as Scalar;
  };

onEngines(['cpu', 'wasm', 'native'], (engine) => {
  beforeAll(() => start(engine));

  test.each(cases)('the gradient of $name is its slope', ({ inputs, op }) => {
    tidy(() => {
      const f = curved(op);
      const xs = inputs();
      expectGradient(f, xs, grads((...args: Tensor[]) => f(args))(xs));
    });
  });

  test.each(cases)(
    'the second-order gradient of $name is the slope of its squared gradient',
    ({ inputs, op }) => {
      tidy(() => {
        const f = curved(op);
        const penalty = squaredSlopes(f);
        const xs = inputs();
        expectGradient(penalty, xs, grads((...args: Tensor[]) => penalty(args))(xs), { tolerance: 2e-2 });
      });
    },
  );

  test('batch norm with ReLU is ReLU after batch norm, in value and gradient', () => {
    tidy(() => {
      const xs = [map(), vector('weight'), vector('bias')];
      const joined = bn('relu');
      const plain = bn('linear');
      const y = plain(xs).dataSync();
      expect(Array.from(joined(xs).dataSync())).toEqual(Array.from(y, (value) => Math.max(0, value)));
      const dy = reproducible('dy', [2, 4, 6, 3]);
      const masked = tensor(
        dy.dataSync().map((value, i) => (y[i]! > 0 ? value : 0)),
        [2, 4, 6, 3],
      );
      const own = grads((...args: Tensor[]) => joined(args))(xs, dy);
      const expected = grads((...args: Tensor[]) => plain(args))(xs, masked);
      for (const [i, g] of own.entries())
        expect(max(abs(sub(g, expected[i]!))).dataSync()[0]).toBeLessThan(1e-6);
    });
  });

  test('batch norm with ReLU is that to second order too', () => {
    tidy(() => {
      const xs = [map(), vector('weight'), vector('bias')];
      const open = step(bn('linear')(xs));
      const [joined, apart] = [bn('relu'), (xs: Tensor[]) => mul(bn('linear')(xs), open)].map((op) =>
        grads((...args: Tensor[]) => squaredSlopes(curved(op))(args))(xs),
      );
      for (const [i, g] of joined!.entries())
        expect(max(abs(sub(g, apart![i]!))).dataSync()[0]).toBeLessThan(1e-4);
    });
  });

  test('the rectified channel affine is ReLU after it, in value and both orders of gradient', () => {
    tidy(() => {
      const xs = [map(), vector('scale'), vector('shift')];
      const [joined, apart] = [true, false].map((whole) => (given: Tensor[]): Tensor => {
        const [x, scale, shift] = given as [Tensor4D, Tensor1D, Tensor1D];
        return whole ? channelAffine(x, scale, shift, 'relu') : relu(channelAffine(x, scale, shift));
      }) as [Case['op'], Case['op']];
      expect(Array.from(joined(xs).dataSync())).toEqual(Array.from(apart(xs).dataSync()));
      for (const f of [curved, (op: Case['op']) => squaredSlopes(curved(op))]) {
        const [own, expected] = [joined, apart].map((op) => grads((...args: Tensor[]) => f(op)(args))(xs));
        for (const [i, g] of own!.entries())
          expect(max(abs(sub(g, expected![i]!))).dataSync()[0]).toBeLessThan(1e-4);
      }
    });
  });

  test('the third-order gradient of batch norm is a slope as well', () => {
    tidy(() => {
      const xs = [map(), vector('weight'), vector('bias')];
      const twice = squaredSlopes(squaredSlopes(curved(bn('linear'))));
      expectGradient(twice, xs, grads((...args: Tensor[]) => twice(args))(xs), { tolerance: 3e-2 });
    });
  });

  test.each([
    [1, 'weight'],
    [2, 'bias'],
  ])('batch norm penalised by the slopes of input %d, its %s, has the right gradient', (input) => {
    tidy(() => {
      const xs = [map(), vector('weight'), vector('bias')];
      const penalty = squaredSlopes(curved(bn('linear')), [input]);
      expectGradient(penalty, xs, grads((...args: Tensor[]) => penalty(args))(xs));
    });
  });

  test('batch statistics survive a mean a thousand deviations away', () => {
    tidy(() => {
      const x = add(reproducible('map', [4, 8, 8, 2]), 1000) as Tensor4D;
      const ones = tensor([1, 1]) as Tensor1D;
      let seen: { mean: number[]; variance: number[] } | undefined;
      const onMoments = ({ mean, variance }: ChannelMoments): void => {
        seen = { mean: Array.from(mean.dataSync()), variance: Array.from(variance.dataSync()) };
      };
      batchNormalise(x, ones, ones, { epsilon: 1e-5, activation: 'linear', onMoments });
      const values = x.dataSync();
      for (let channel = 0; channel < 2; channel++) {
        const own = Array.from(values).filter((_, i) => i % 2 === channel);
        const exactMean = own.reduce((total, v) => total + v, 0) / own.length;
        const exactVariance = own.reduce((total, v) => total + (v - exactMean) ** 2, 0) / own.length;
        expect(Math.abs(seen!.mean[channel]! - exactMean)).toBeLessThan(1e-3);
        expect(Math.abs(seen!.variance[channel]! / exactVariance - 1)).toBeLessThan(1e-3);
      }
    });
  });

  test('the gradient of max pooling goes to the first maximum of each window, ties included', () => {
    tidy(() => {
      // Few distinct values: most windows tie.
      const [batch, height, width] = [2, 6, 8];
      const values = reproducible('ties', [batch, height, width, 1], 2).dataSync().map(Math.round);
      const x = tensor(values, [batch, height, width, 1]) as Tensor4D;
      const dy = reproducible<Tensor4D>('dy', [batch, height / 2, width / 2, 1]);
      const expected = new Float32Array(values.length);
      for (const [window, amount] of dy.dataSync().entries()) {
        const column = 2 * (window % (width / 2));
        const row = 2 * (Math.floor(window / (width / 2)) % (height / 2));
        const image = Math.floor((2 * window) / ((width * height) / 2));
        let best = -1;
        for (let r = Math.max(0, row - 1); r <= row + 1; r++) {
          for (let c = Math.max(0, column - 1); c <= column + 1; c++) {
            const cell = (image * height + r) * width + c;
            if (best < 0 || values[cell]! > values[best]!) best = cell;
          }
        }
        expected[best]! += amount;
      }
      const [own] = grads((x: Tensor) => maxPool(x as Tensor4D, 3, 2, 1))([x], dy);
      expect(max(abs(sub(own!, tensor(expected, x.shape)))).dataSync()[0]).toBeLessThan(1e-6);
    });
  });

  test('a dense layer has the value and gradients of x · weight + bias', () => {
    tidy(() => {
      const scope = new Scope(1);
      const dense = new Dense(scope, 4, 3, truncatedNormal);
      const [weight, bias] = [scope.variables.get('weight')!, scope.variables.get('bias')!];
      const x = reproducible<Tensor2D>('rows', [5, 4]);
      const dy = reproducible<Tensor2D>('dy', [5, 3]);
      const plain = grads((x, w, b) => add(matMul(x as Tensor2D, w as Tensor2D), b));
      const expected = plain([x, weight, bias], dy);
      const own = variableGrads(() => sum(mul(dense.apply(x), dy)) as Scalar, [weight, bias]);
      const [dx] = grads((x: Tensor) => dense.apply(x as Tensor2D))([x], dy);
      for (const [g, e] of [
        [dx, expected[0]],
        [own.grads[weight.name], expected[1]],
        [own.grads[bias.name], expected[2]],
        [dense.apply(x), add(matMul(x, weight as unknown as Tensor2D), bias)],
      ]) {
        expect(max(abs(sub(g!, e!))).dataSync()[0]).toBeLessThan(1e-6);
      }
      weight.dispose();
      bias.dispose();
    });
  });
});

test.skipIf(unavailable !== undefined)(
  'on native, whole ops run as kernels, gradients included',
  async () => {
    await start('native');
    resetKernelCounts();
    for (const { inputs, op } of cases) {
      tidy(() => {
        grads((...args: Tensor[]) => weighted(op(args)))(inputs());
      });
    }
    const counts = kernelCounts();
    const whole = ['BatchNormTrain', 'LayerNorm', 'Softmax', 'Gelu', 'MaxPool'];
    for (const name of [...whole.flatMap((value) => [value, `${value}Grad`]), 'AddRelu', 'ReluGrad']) {
      expect(counts.get(name), name).toMatchObject({ native: expect.any(Number), copied: 0 });
    }
  },
);

test.skipIf(unavailable !== undefined)(
  'on native, differentiating the image gradient of batch norm takes one kernel more',
  async () => {
    await start('native');
    resetKernelCounts();
    tidy(() => {
      const xs = [map(), vector('weight'), vector('bias')];
      const penalty = squaredSlopes((xs) => weighted(bn('relu')(xs)), [0]);
      grads((...args: Tensor[]) => penalty(args))(xs);
    });
    const counts = kernelCounts();
    for (const name of ['BatchNormTrain', 'BatchNormTrainGrad', 'BatchNormTrainGradGrad']) {
      expect(counts.get(name), name).toEqual({ native: 1, copied: 0 });
    }
    const composed = ['FusedDepthwiseConv2D', 'AvgPool', 'Step', 'Rsqrt'];
    expect(composed.filter((name) => counts.has(name))).toEqual([]);
  },
);
