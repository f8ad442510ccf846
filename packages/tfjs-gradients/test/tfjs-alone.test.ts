import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { enableHigherOrderGradients } from '../src/index.js';
import { type Before, changed, firstOrderOfAll } from './sweep/first-order.js';
import { nameOf, within } from './sweep/inputs.js';
import { rows } from './sweep/rows.js';
import { errors, noise, registered, TOLERANCE } from './sweep/second-order.js';

/** Kernels that only registerGradients() has a gradient for. */
const REGISTERED_ONLY = ['DepthToSpace'];

let before: Map<string, Before>;

beforeAll(async () => {
  await tf.setBackend('cpu');
  before = firstOrderOfAll();
  enableHigherOrderGradients();
});

describe('with @tensorflow/tfjs alone', () => {
  it('there is a row for every kernel with a gradient', () => {
    const tested = new Set(rows.map(({ kernel }) => kernel));
    const untested = registered().filter((kernel) => tf.getKernel(kernel, 'cpu') && !tested.has(kernel));
    expect(untested).toEqual([]);
  });

  it('right first-order gradients are the same as before, bit for bit', () => {
    expect(changed(before)).toEqual([]);
  });

  const sound = rows.filter(({ kernel }) => !REGISTERED_ONLY.includes(kernel ?? ''));
  it.each(sound.map((row) => [nameOf(row), row] as const))('%s', (_, { op, inputs }) => {
    const { first, second } = errors(op, inputs);
    expect(first, 'first order').toBeLessThan(TOLERANCE);
    expect(second, 'second order').toBeLessThan(TOLERANCE);
  });
});

describe('what it refuses, it names', () => {
  const image = within(-1, 1, [1, 2, 2, 4]);
  const twice = (op: (x: tf.Tensor) => tf.Tensor) => () => errors((x) => op(x!), [image]);

  it.each([
    ['depthToSpace', /DepthToSpace/, (x: tf.Tensor) => tf.depthToSpace(x as tf.Tensor4D, 2)],
    ['abs of complex numbers', /ComplexAbs/, (x: tf.Tensor) => tf.abs(tf.complex(x, x))],
    [
      'cropAndResize',
      /CropAndResize/,
      (x: tf.Tensor) => tf.image.cropAndResize(x as tf.Tensor4D, [[0, 0, 1, 1]], [0], [2, 2]),
    ],
    ['topk', /TopK/, (x: tf.Tensor) => tf.topk(x).values],
    ['einsum', /Einsum/, (x: tf.Tensor) => tf.einsum('bhwc->c', x)],
    ['fft', /Real/, (x: tf.Tensor) => tf.real(tf.fft(tf.complex(x, x)))],
  ] as const)('%s', (_, name, op) => {
    expect(twice(op)).toThrow(name);
  });
});

describe('a LayersModel', () => {
  const layers = [
    tf.layers.conv2d({
      inputShape: [8, 8, 2],
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      activation: 'swish',
    }),
    tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', activation: 'elu' }),
    tf.layers.batchNormalization({}),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2, activation: 'tanh' }),
    tf.layers.averagePooling2d({ poolSize: 2, strides: 1, padding: 'same' }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 2, activation: 'softmax' }),
  ];
  const model = tf.sequential({ layers });
  const moving = model.weights.map((weight, i) => {
    const size = weight.shape.reduce<number>((product, length) => product * length!, 1);
    const values = noise(size, 31 + i).map((value) =>
      weight.name.includes('variance') ? 1 + value / 2 : value,
    );
    return tf.tensor(values, weight.shape as number[]);
  });
  model.setWeights(moving);
  const images = within(-1, 1, [2, 8, 8, 2]);

  it('has right second derivatives in its input', () => {
    const { first, second } = errors((x) => model.apply(x!) as tf.Tensor, [images], {
      // Small, since it must not move an activation across the kinks of elu's slope and of pooling.
      step: 1e-3,
    });
    expect(first).toBeLessThan(TOLERANCE);
    expect(second).toBeLessThan(TOLERANCE);
  });

  it('can be trained on the gradient of its input', () => {
    const x = tf.tensor([...images.values], [...images.shape]);
    const penalty = (): tf.Scalar => {
      const score = (x: tf.Tensor) => tf.sum(tf.gather(model.apply(x) as tf.Tensor2D, [1], 1));
      return tf.sum(tf.square(tf.grad(score)(x)));
    };
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(penalty, variables);
    for (const [i, variable] of variables.entries()) {
      const start = variable.clone();
      const direction = tf.tensor(noise(variable.size, 51 + i), variable.shape);
      const at = (amount: number): number => {
        variable.assign(tf.add(start, tf.mul(direction, amount)));
        return tf.tidy(() => penalty().dataSync()[0]!);
      };
      const step = 2e-3;
      const expected = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
      variable.assign(start);
      const actual = tf.sum(tf.mul(grads[variable.name]!, direction)).dataSync()[0]!;
      expect(Math.abs(actual - expected)).toBeLessThan(1e-2 * Math.max(1, Math.abs(expected)));
    }
  });
});
