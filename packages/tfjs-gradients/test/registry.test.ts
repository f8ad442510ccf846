import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  enableHigherOrderGradients,
  hasGradients,
  hasKernel,
  isFinal,
  registerGradients,
  runKernel,
} from '../src/index.js';
import { onBackends } from './backends.js';

describe('before gradients are registered', () => {
  it('says that there are none', () => expect(hasGradients()).toBe(false));

  it('refuses to make them differentiable, and says what to call', () => {
    expect(enableHigherOrderGradients).toThrow(/no gradients registered yet.*await registerGradients\(\)/);
  });
});

onBackends((backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
    await registerGradients();
  });

  it('knows which kernels the backend has', () => {
    expect(hasGradients()).toBe(true);
    expect(hasKernel('Relu')).toBe(true);
    expect(hasKernel('Gelu')).toBe(backend === 'native');
    expect(hasKernel('NoSuchKernel')).toBe(false);
  });

  it('a kernel is final where nobody differentiates what it computes', () => {
    const final: boolean[] = [];
    const op = tf.customGrad((...args) => {
      const x = args[0] as tf.Tensor;
      const gradFunc = (dy: tf.Tensor): tf.Tensor => {
        final.push(isFinal('Relu'));
        return tf.mul(dy, 3);
      };
      return { value: tf.mul(x, 3), gradFunc };
    });
    const slope = tf.grad((x) => tf.sum(tf.square(op(x))));
    slope(tf.tensor1d([1, 2]));
    tf.grad((x) => tf.sum(slope(x)))(tf.tensor1d([1, 2]));
    expect(final).toEqual([true, false, true]);
  });

  it('runs a kernel by its name, on the tape, and does not mind attributes that it does not know', () => {
    const relu = (x: tf.Tensor): tf.Tensor => runKernel('Relu', { x }, { unknown: [1] });
    expect([
      ...tf
        .grad(relu)(tf.tensor1d([-1, 2]))
        .dataSync(),
    ]).toEqual([0, 1]);
    expect(() => runKernel('NoSuchKernel', {})).toThrow(/NoSuchKernel/);
  });
});
