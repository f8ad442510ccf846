import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { registerNativeBackend } from '../../src/register.js';

beforeAll(async () => {
  registerNativeBackend();
  await tf.setBackend('native');
});

const kernel = (name: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap = {}): unknown =>
  tf.engine().runKernel(name, inputs, attrs);

describe('what tfjs is asked wrongly is a JavaScript error', () => {
  const a = (...shape: number[]): tf.Tensor => tf.ones(shape);
  const conv = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };

  const WRONG: Readonly<Record<string, () => unknown>> = {
    'add of shapes that do not broadcast': () => tf.add(a(3, 4), a(3, 5)),
    'matMul of other inner sizes': () => tf.matMul(a(3, 4), a(5, 3)),
    'BatchMatMul of other inner sizes': () =>
      kernel('BatchMatMul', { a: a(3, 4), b: a(5, 3) }, { transposeA: false, transposeB: false }),
    'conv2d of other channels': () =>
      tf.conv2d(a(1, 4, 4, 3) as tf.Tensor4D, a(3, 3, 2, 8) as tf.Tensor4D, 1, 'same'),
    'a reshape to another size': () => tf.reshape(a(3, 4), [5, 5]),
    'a concat of other shapes': () => tf.concat([a(2, 3), a(3, 4)], 0),
    'a slice beyond the end': () => tf.slice(a(3, 4), [2, 2], [3, 3]),
    'a transpose by no permutation': () => tf.transpose(a(3, 4), [0, 7]),
    'more than there is memory': () => tf.zeros([1e6, 1e6]),
    'a product larger than there is memory': () => tf.matMul(a(1e6, 1), a(1, 1e6)),
    'an unknown kernel': () => kernel('NoSuchKernel', { x: a(2) }),
  };

  test.each(Object.entries(WRONG))('%s', (_, run) => {
    expect(() => tf.tidy(() => run() as tf.Tensor)).toThrow(Error);
  });

  test.each([
    ['add', (x: tf.Tensor) => tf.add(x, 1)],
    ['matMul', (x: tf.Tensor) => tf.matMul(x, x)],
    ['reshape', (x: tf.Tensor) => tf.reshape(x, [16])],
    ['data', (x: tf.Tensor) => x.dataSync()],
  ])('a disposed tensor in %s', (_, run) => {
    const x = tf.ones([4, 4]);
    x.dispose();
    expect(() => run(x)).toThrow(Error);
  });

  test('a tensor disposed behind tfjs’s back', () => {
    const x = tf.ones([4, 4]);
    const copy = { dataId: x.dataId, shape: x.shape, dtype: x.dtype } as tf.Tensor;
    x.dispose();
    const attrs = { transposeA: false, transposeB: false };
    expect(() => kernel('BatchMatMul', { a: copy, b: copy }, attrs)).toThrow(/disposed/);
  });

  test.each(['int32', 'bool', 'complex64', 'string'] as const)(
    '%s where floats belong, or shapes that do not fit, never crash',
    (dtype) => {
      const x =
        dtype === 'complex64'
          ? tf.complex(
              [
                [1, 2],
                [3, 4],
              ],
              [
                [1, 2],
                [3, 4],
              ],
            )
          : tf.tensor2d(
              [
                ['1', '2'],
                ['3', '4'],
              ] as unknown as number[][],
              [2, 2],
              dtype,
            );
      const image = tf.reshape(x, [1, 2, 2, 1]);
      const attempts = [
        () =>
          kernel(
            'Conv2DBackpropInput',
            { dy: a(1, 9, 9, 7), filter: a(3, 3, 2, 8) },
            { ...conv, inputShape: [1, 4, 4, 3] },
          ),
        () =>
          kernel(
            'Conv2DBackpropFilter',
            { x: a(1, 2, 2, 1), dy: a(1, 9, 9, 7) },
            { ...conv, filterShape: [3, 3, 3, 8] },
          ),
        () => kernel('BatchMatMul', { a: x, b: x }, { transposeA: false, transposeB: false }),
        () => kernel('Conv2D', { x: image, filter: image }, conv),
        () => kernel('MaxPool', { x: image }, { filterSize: [2, 2], strides: [1, 1], pad: 'same' }),
        ...['Relu', 'Exp', 'Softmax', 'Sum', 'Transpose', 'Identity'].map(
          (name) => () =>
            kernel(name, name === 'Softmax' ? { logits: x } : { x }, { axis: 1, dim: 1, perm: [1, 0] }),
        ),
      ];
      for (const attempt of attempts) {
        try {
          attempt();
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }
    },
  );
});
